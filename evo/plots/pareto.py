"""The Pareto front: quality against cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evo.plots.canvas import (
    BLACK,
    BLUE,
    BROWN,
    GREY,
    ORANGE,
    RED,
    add_legend,
    check_suffix,
    new_figure,
    save_figure,
    style,
)
from evo.plots.labels import Label, place_labels
from evo.plots.records import ScorePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MAX_LABELS = 8
_LOG_FROM = 20.0  # ratio of the costs from which a linear axis would hide the cheap ones


@dataclass(frozen=True)
class ParetoData:
    """What the picture shows; all tuples are sorted by cost.

    Attributes:
        front: Points that no other beats in quality and cost.
        dominated: All others.
        seed: The seed, if it was measured.
        champion: The version in force, if it was measured.
        unpriced: Genomes left out because their cost is unknown.
    """

    front: tuple[ScorePoint, ...]
    dominated: tuple[ScorePoint, ...]
    seed: ScorePoint | None
    champion: ScorePoint | None
    unpriced: int

    @property
    def points(self) -> tuple[ScorePoint, ...]:
        """Everything shown."""
        return (*self.front, *self.dominated)


def pareto_data(points: Sequence[ScorePoint]) -> ParetoData:
    """Splits points into front and rest, by quality (more is better) and cost (less is better).

    Args:
        points: In the order in which they became known; the last of each genome counts.
    """
    latest = {point.genome_id: point for point in points}
    priced = sorted(
        (point for point in latest.values() if _shown(point)), key=lambda p: (cost(p), -p.quality)
    )
    front: list[ScorePoint] = []
    dominated: list[ScorePoint] = []
    for point in priced:
        equal = front and (cost(front[-1]), front[-1].quality) == (cost(point), point.quality)
        if not front or point.quality > front[-1].quality or equal:
            front.append(point)
        else:
            dominated.append(point)
    return ParetoData(
        front=tuple(front),
        dominated=tuple(dominated),
        seed=next((point for point in priced if point.is_seed), None),
        champion=next((point for point in priced if point.is_champion), None),
        unpriced=len(latest) - len(priced),
    )


def cost(point: ScorePoint) -> float:
    """Tokens per call; infinite if unknown, so that it never looks cheap."""
    return math.inf if point.cost is None else point.cost


def _shown(point: ScorePoint) -> bool:
    return math.isfinite(cost(point)) and math.isfinite(point.quality)


def plot_pareto(
    points: Sequence[ScorePoint], path: Path | str, *, title: str = "Pareto front"
) -> Path:
    """Draws the front into a file; PNG, SVG or PDF by suffix.

    Raises:
        ConfigError: Another suffix, or the file cannot be written.
    """
    check_suffix(Path(path))
    return save_figure(pareto_figure(pareto_data(points), title=title), path)


def pareto_figure(data: ParetoData, *, title: str = "Pareto front") -> Figure:
    """Front as a step line, dominated points faint, seed and champion marked and labelled."""
    with style():
        figure, axes = new_figure(
            title, "cost: tokens per call (less is better)", "quality: mean score (more is better)"
        )
        if not data.points:
            _say_empty(axes, data)
            return figure
        _draw_points(axes, data)
        _set_limits(axes, data)
        line = _draw_front(axes, data)
        if data.unpriced:
            axes.set_xlabel(f"{axes.get_xlabel()}; {data.unpriced} without a known cost left out")
        add_legend(figure)
        place_labels(axes, list(_labels(data)), _obstacles(axes, data, line))
    return figure


def _say_empty(axes: Axes, data: ParetoData) -> None:
    text = "no genome has a known cost" if data.unpriced else "nothing was measured"
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", color=GREY)
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_points(axes: Axes, data: ParetoData) -> None:
    special = [point for point in (data.seed, data.champion) if point is not None]
    rest = [point for point in data.dominated if point not in special]
    front = [point for point in data.front if point not in special]
    _scatter(axes, rest, "dominated", GREY, "o", 4.0, alpha=0.35)
    _scatter(axes, front, "front (bars: ±1 standard error)", BLUE, "o", 5.5)
    if data.seed is not None and data.seed is not data.champion:
        _scatter(axes, [data.seed], "seed", ORANGE, "s", 8.0)
    if data.champion is not None:
        _scatter(axes, [data.champion], "champion", RED, "*", 15.0)


def _scatter(
    axes: Axes,
    points: Sequence[ScorePoint],
    name: str,
    color: str,
    marker: str,
    size: float,
    *,
    alpha: float = 1.0,
) -> None:
    if not points:
        return
    axes.errorbar(
        [cost(point) for point in points],
        [point.quality for point in points],
        yerr=[standard_error(point) for point in points],
        fmt=marker,
        color=color,
        markersize=size,
        markeredgecolor="white",
        markeredgewidth=0.6,
        elinewidth=1.0,
        alpha=alpha,
        label=name,
        zorder=3 if alpha == 1.0 else 2,
    )


def standard_error(point: ScorePoint) -> float:
    """Half the length of the error bar; 0 if it is unknown."""
    known = point.quality_se is not None and math.isfinite(point.quality_se)
    return float(point.quality_se or 0.0) if known else 0.0


def _set_limits(axes: Axes, data: ParetoData) -> None:
    costs = [cost(point) for point in data.points]
    if min(costs) > 0 and max(costs) / min(costs) > _LOG_FROM:
        _use_log_scale(axes)
    axes.margins(x=0.09, y=0.12)
    axes.autoscale_view()
    axes.autoscale(False)


def _use_log_scale(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))


def _draw_front(axes: Axes, data: ParetoData) -> npt.NDArray[np.float64]:
    """The step line as drawn, (n, 2) in data coordinates."""
    xs = np.array([*(cost(point) for point in data.front), axes.get_xlim()[1]])
    ys = np.array([*(point.quality for point in data.front), data.front[-1].quality])
    line = np.column_stack([np.repeat(xs, 2)[1:], np.repeat(ys, 2)[:-1]])
    axes.plot(line[:, 0], line[:, 1], color=BLUE, linewidth=1.2, alpha=0.8, zorder=1)
    return line


def _labels(data: ParetoData) -> Iterator[Label]:
    seed, champion = data.seed, data.champion
    if champion is not None:
        both = "seed = champion" if champion is seed else "champion"
        yield _label(champion, f"{both} {champion.quality:.3f}", RED)
    if seed is not None and seed is not champion:
        yield _label(seed, f"seed {seed.quality:.3f}", BROWN)
    others = [point for point in data.front if point not in (seed, champion)]
    for point in sorted(others, key=lambda p: -p.quality)[:_MAX_LABELS]:
        yield _label(point, point.genome_id[:8], BLACK, optional=True)


def _label(point: ScorePoint, text: str, color: str, *, optional: bool = False) -> Label:
    return Label(cost(point), point.quality, text, color, optional)


def _obstacles(
    axes: Axes, data: ParetoData, line: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Points, error bars and the step line as dense dots, in data coordinates."""
    parts = [
        np.column_stack(
            [
                np.full(9, cost(point)),
                point.quality + standard_error(point) * np.linspace(-1.0, 1.0, 9),
            ]
        )
        for point in data.points
    ]
    pixels = axes.transData.transform(line)
    steps = np.linspace(0.0, 1.0, 60)[:, None]
    dense = [a + (b - a) * steps for a, b in pairwise(pixels)]
    if dense:
        parts.append(axes.transData.inverted().transform(np.vstack(dense)))
    return np.vstack(parts)
