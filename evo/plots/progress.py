"""Best quality so far against the calls spent, with what it has to beat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evo.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    add_legend,
    check_suffix,
    new_figure,
    save_figure,
    style,
)
from evo.plots.pareto import standard_error
from evo.plots.records import Baseline, GateMark, ScorePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_VERDICTS = {
    "PROMOTE": ("^", GREEN),
    "REJECT": ("v", RED),
    "HOLD": ("D", ORANGE),
    "INDECISIVE": ("s", GREY),
}
_LINES = {"seed": (ORANGE, "--"), "reading": (PURPLE, "-."), "best_of_n": (BLACK, ":")}
_NAMES = {"reading": "reading alone", "best_of_n": "best of N"}


@dataclass(frozen=True)
class ProgressData:
    """What the picture shows.

    Attributes:
        measured: All finite points, by calls.
        best: The points at which the best so far rose, by calls; the first is the first measured.
        baselines: What to compare with.
        marks: Decisions of the gate, by calls.
        calls: Right end of the picture: calls spent in all.
    """

    measured: tuple[ScorePoint, ...]
    best: tuple[ScorePoint, ...]
    baselines: tuple[Baseline, ...]
    marks: tuple[GateMark, ...]
    calls: int


def progress_data(
    points: Sequence[ScorePoint],
    *,
    baselines: Sequence[Baseline] = (),
    marks: Sequence[GateMark] = (),
) -> ProgressData:
    """The running best of the points, ordered by the calls spent.

    A genome measured again replaces its earlier value: if the best one falls on more examples,
    the line falls with it, so that lucky first blocks do not stay as records.

    Args:
        points: As they became known.
        baselines: Lines to compare with; empty ones are left out.
        marks: Decisions of the gate.
    """
    finite = (point for point in points if math.isfinite(point.quality))
    measured = sorted(finite, key=lambda point: point.calls)
    shown = tuple(baseline for baseline in baselines if baseline.points)
    ends = [point.calls for point in measured] + [mark.calls for mark in marks]
    ends += [int(calls) for baseline in shown for calls, _ in baseline.points]
    return ProgressData(
        measured=tuple(measured),
        best=_running_best(measured),
        baselines=shown,
        marks=tuple(sorted(marks, key=lambda mark: mark.calls)),
        calls=max(ends, default=0),
    )


def _running_best(measured: Sequence[ScorePoint]) -> tuple[ScorePoint, ...]:
    known: dict[str, ScorePoint] = {}
    best: list[tuple[int, ScorePoint]] = []
    for point in measured:
        known[point.genome_id] = point
        leader = max(known.values(), key=lambda p: p.quality)
        if not best or leader != best[-1][1]:
            best.append((point.calls, leader))
    return tuple(_at(calls, leader) for calls, leader in best)


def _at(calls: int, point: ScorePoint) -> ScorePoint:
    return replace(point, calls=calls)


def plot_progress(
    points: Sequence[ScorePoint],
    path: Path | str,
    *,
    baselines: Sequence[Baseline] = (),
    marks: Sequence[GateMark] = (),
    title: str = "Best so far",
) -> Path:
    """Draws the progress into a file; PNG, SVG or PDF by suffix.

    Raises:
        ConfigError: Another suffix, or the file cannot be written.
    """
    check_suffix(Path(path))
    data = progress_data(points, baselines=baselines, marks=marks)
    return save_figure(progress_figure(data, title=title), path)


def progress_figure(data: ProgressData, *, title: str = "Best so far") -> Figure:
    """Running best as a step line with its error band, baselines, and the gate's verdicts."""
    with style():
        figure, axes = new_figure(title, "calls spent", "quality: mean score (more is better)")
        if not data.measured:
            axes.text(0.5, 0.5, "nothing was measured", transform=axes.transAxes, ha="center")
            return figure
        _draw_best(axes, data)
        _draw_baselines(axes, data)
        _draw_marks(axes, data.marks)
        axes.set_xlim(-0.02 * max(data.calls, 1), 1.03 * max(data.calls, 1))
        add_legend(figure)
    return figure


def _draw_best(axes: Axes, data: ProgressData) -> None:
    axes.plot(
        [point.calls for point in data.measured],
        [point.quality for point in data.measured],
        "o",
        color=GREY,
        markersize=3.0,
        markeredgewidth=0.0,
        alpha=0.5,
        label="measured",
    )
    ends = [*data.best, _at(data.calls, data.best[-1])]
    calls = [point.calls for point in ends]
    quality = [point.quality for point in ends]
    low = [point.quality - standard_error(point) for point in ends]
    high = [point.quality + standard_error(point) for point in ends]
    axes.fill_between(calls, low, high, step="post", color=BLUE, alpha=0.15, linewidth=0.0)
    label = "best so far (±1 standard error)"
    axes.plot(calls, quality, drawstyle="steps-post", color=BLUE, linewidth=1.8, label=label)


def _draw_baselines(axes: Axes, data: ProgressData) -> None:
    for baseline in data.baselines:
        color, dashes = _LINES.get(baseline.name, (GREEN, "--"))
        name = _NAMES.get(baseline.name, baseline.name)
        if len(baseline.points) == 1:
            level = baseline.points[0][1]
            axes.axhline(level, color=color, linestyle=dashes, linewidth=1.3, label=name)
        else:
            steps = sorted(baseline.points)
            xs, ys = zip(*steps, (data.calls, steps[-1][1]), strict=True)
            axes.step(
                xs, ys, where="post", color=color, linestyle=dashes, linewidth=1.3, label=name
            )


def _draw_marks(axes: Axes, marks: Sequence[GateMark]) -> None:
    """Verdicts on the upper edge, outside of the axes, so that they cover no data."""
    for verdict in dict.fromkeys(mark.verdict for mark in marks):
        marker, color = _VERDICTS.get(verdict, ("x", BLACK))
        calls = [mark.calls for mark in marks if mark.verdict == verdict]
        for x in calls:
            axes.axvline(x, color=color, linewidth=0.7, alpha=0.5, zorder=1)
        axes.plot(
            calls,
            [1.0] * len(calls),
            marker,
            color=color,
            markersize=7.0,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
            zorder=7,
            label=f"gate: {verdict}",
        )
