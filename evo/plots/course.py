"""The course of an attempt at the gate: the gain with its interval against the examples used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evo.gate.course import CoursePoint
from evo.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    add_legend,
    check_suffix,
    new_figure,
    save_figure,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from evo.gate.explain import Explanation

_VERDICTS = {"PROMOTE": GREEN, "REJECT": RED, "HOLD": ORANGE, "INDECISIVE": GREY}


@dataclass(frozen=True)
class CourseData:
    """What the picture shows.

    Attributes:
        points: The looks, by examples.
        planned: Examples planned: the right end.
        stops: Examples at which the plan ends an attempt without a net gain.
        least: Gain to exceed.
        verdict: How the attempt ended.
        level: Two-sided level of the intervals.
        saved: Whether the gain is a share of the cost and not one of the score.
        low: Lower end of the axis.
        high: Upper end of the axis.
    """

    points: tuple[CoursePoint, ...]
    planned: int
    stops: tuple[int, ...]
    least: float
    verdict: str
    level: float
    saved: bool
    low: float
    high: float


def course_data(found: Explanation) -> CourseData:
    """The course of an explained attempt.

    The axis holds every estimate, and the boundary and the intervals from the second half on:
    those of the first looks are wide and would flatten all others.
    """
    points, plan = found.course, found.plan
    low, high = _range(points, plan.min_effect)
    return CourseData(
        points=points,
        planned=plan.n,
        stops=plan.futility,
        least=plan.min_effect,
        verdict=found.verdict,
        level=1.0 - 2.0 * plan.alpha,
        saved=plan.primary == "cost",
        low=low,
        high=high,
    )


def _range(points: Sequence[CoursePoint], least: float) -> tuple[float, float]:
    late = points[len(points) // 2 :]
    values = [0.0, least, *(one.estimate for one in points if one.estimate is not None)]
    values += [end for one in late for end in (one.low, one.high)]
    values += [one.boundary for one in late if one.boundary is not None]
    margin = 0.08 * (max(values) - min(values)) or 0.1
    return max(min(values) - margin, -1.05), min(max(values) + margin, 1.05)


def plot_course(found: Explanation, path: Path | str, *, title: str = "") -> Path:
    """Draws an attempt into a file; PNG, SVG or PDF by suffix.

    Raises:
        ConfigError: Another suffix, or the file cannot be written.
    """
    check_suffix(Path(path))
    return save_figure(course_figure(course_data(found), title=title), path)


def course_figure(data: CourseData, *, title: str = "") -> Figure:
    """The estimate with its interval at each look, the boundary above which a look promotes, the
    line of no gain, and where the plan stops what has no net gain."""
    y = "share of the cost saved" if data.saved else "gain in score over the champion"
    with style():
        figure, axes = new_figure(title, "gate examples used", y)
        axes.set_xlim(0, 1.03 * max(data.planned, 1))
        if not data.points:
            axes.text(0.5, 0.5, "nothing was measured", transform=axes.transAxes, ha="center")
            return figure
        axes.set_ylim(data.low, data.high)
        _draw_lines(axes, data)
        _draw_intervals(axes, data)
        _draw_end(axes, data)
        add_legend(figure, 3)
    return figure


def _draw_lines(axes: Axes, data: CourseData) -> None:
    betting = all(one.boundary is None for one in data.points) and data.least == 0.0
    label = "promotes once the interval is above" if betting else "_"
    axes.axhline(0.0, color=BLACK, linewidth=1.0, zorder=2, label=label)
    if data.least > 0.0:
        label = f"gain to exceed ({data.least:.3g})"
        axes.axhline(data.least, color=BLACK, linewidth=1.0, linestyle=":", label=label)
    placed = [(one.examples, one.boundary) for one in data.points if one.boundary is not None]
    if placed:
        xs, ys = zip(*placed, strict=True)
        axes.plot(
            xs,
            ys,
            color=RED,
            linewidth=1.4,
            linestyle="--",
            label="boundary: promotes from here on",
            zorder=3,
        )
    for index, x in enumerate(data.stops):
        label = "stops without a net gain" if index == 0 else "_"
        axes.axvline(x, color=GREY, linewidth=0.9, linestyle=":", label=label, zorder=1)


def _draw_intervals(axes: Axes, data: CourseData) -> None:
    examples = [one.examples for one in data.points]
    low, high = [one.low for one in data.points], [one.high for one in data.points]
    label = f"{100 * data.level:.3g} % interval, at all looks"
    axes.fill_between(examples, low, high, color=BLUE, alpha=0.15, linewidth=0.0, label=label)
    axes.vlines(examples, low, high, color=BLUE, linewidth=0.8, alpha=0.6)
    known = [(one.examples, one.estimate) for one in data.points if one.estimate is not None]
    if known:
        xs, ys = zip(*known, strict=True)
        axes.plot(xs, ys, "o-", color=BLUE, markersize=3.5, linewidth=1.4, label="gain so far")


def _draw_end(axes: Axes, data: CourseData) -> None:
    last = data.points[-1]
    if last.estimate is None:
        return
    color = _VERDICTS.get(data.verdict, BLACK)
    axes.plot(
        [last.examples], [last.estimate], "D", color=color, markersize=7.0, label=data.verdict,
        zorder=5,
    )  # fmt: skip
