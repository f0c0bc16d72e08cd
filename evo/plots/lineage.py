"""The lineage: which genome came from which, how good each is, and where the champion is from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evo.plots.canvas import (
    BLACK,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    add_legend,
    check_suffix,
    new_figure,
    save_figure,
    style,
)
from evo.plots.dodge import dodge
from evo.plots.families import FAMILIES, Family
from evo.plots.labels import Label, place_labels
from evo.plots.lineage_data import LineageData, Node, lineage_data
from evo.plots.records import ScorePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

Floats = npt.NDArray[np.float64]

# Shape and colour both tell the family.
_MARKERS: dict[Family, tuple[str, str]] = {
    "seed": ("s", ORANGE),
    "reading": ("D", BROWN),
    "demonstrations": ("o", BLUE),
    "edit": ("^", GREEN),
    "crossover": ("P", SKY),
    "restart": ("X", GREY),
    "other": ("v", PURPLE),
}
_SIZES = (7.0, 6.0, 5.0, 4.0, 3.0, 2.0)  # points; the first at which all markers have room
_STAR = 13.0  # of the champion, in points
_AIR = 1.25  # distance of markers in their own sizes
_ROOM = 0.8  # share of a column that its markers may take
_MAX_TICKS = 10
_MAX_LABELS = 8
_COLUMN = 0.45  # inches; a long run gets a wider picture


def plot_lineage(points: Sequence[ScorePoint], path: Path | str, *, title: str = "Lineage") -> Path:
    """Draws the lineage into a file; PNG, SVG or PDF by suffix.

    Raises:
        ConfigError: Another suffix, or the file cannot be written.
    """
    check_suffix(Path(path))
    return save_figure(lineage_figure(lineage_data(points), title=title), path)


def lineage_figure(data: LineageData, *, title: str = "Lineage") -> Figure:
    """Quality against the moment at which a genome became known; one column a generation,
    markers of a column side by side, the champion's ancestry in a strong line."""
    with style():
        figure, axes = new_figure(
            title,
            "calls spent when it became known, one column a generation",
            "quality: mean score (more is better)",
        )
        if not data.nodes:
            axes.text(0.5, 0.5, "nothing was measured", transform=axes.transAxes, ha="center")
            return figure
        figure.set_figwidth(max(7.0, min(14.0, 1.0 + _COLUMN * len(data.calls))))
        _set_axes(axes, data)
        _legend(figure, axes, data)
        figure.draw_without_rendering()  # settles the layout, so that pixels can be counted
        places, size = _places(axes, data)
        lines = _draw_edges(axes, data, places)
        _draw_markers(axes, data, places, size)
        labels = place_labels(axes, list(_labels(data, places)), np.vstack([places, *lines]))
        _keep_readable(labels)
    return figure


def _keep_readable(labels: Sequence[Annotation]) -> None:
    """A rim of paper around the letters: thin lines may pass behind them, never through them."""
    from matplotlib.patheffects import withStroke

    for label in labels:
        label.set_path_effects([withStroke(linewidth=3.0, foreground="white")])


def _set_axes(axes: Axes, data: LineageData) -> None:
    quality = [node.point.quality for node in data.nodes]
    low, high = min(quality), max(quality)
    margin = 0.12 * (high - low) or 0.05
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(-0.6, len(data.calls) - 0.4)
    step = -(-len(data.calls) // _MAX_TICKS)
    ticks = list(range(0, len(data.calls), step))
    axes.set_xticks(ticks, [str(data.calls[tick]) for tick in ticks])
    axes.grid(visible=False, axis="x")
    if data.unknown:
        axes.set_xlabel(f"{axes.get_xlabel()}; {data.unknown} parents without a record")


def _legend(figure: Figure, axes: Axes, data: LineageData) -> None:
    """One empty line for each family that occurs: the legend needs them before they are placed."""
    shown = {node.family for node in data.nodes}
    for name in (family for family in FAMILIES if family in shown):
        marker, color = _MARKERS[name]
        axes.plot([], [], marker, color=color, markeredgecolor="white", label=FAMILIES[name])
    if any(node.point.is_champion for node in data.nodes):
        axes.plot([], [], "*", color=RED, markersize=_STAR, label="champion")
        axes.plot([], [], color=RED, linewidth=2.0, label="its ancestry")
    add_legend(figure)


def _places(axes: Axes, data: LineageData) -> tuple[Floats, float]:
    """(n, 2) where the markers lie, in data coordinates, and their size in points."""
    corners = axes.transData.transform([(0.0, 0.0), (1.0, 0.0)])
    width = float(corners[1, 0] - corners[0, 0])
    flat = np.array([(node.column, node.point.quality) for node in data.nodes], dtype=float)
    heights = axes.transData.transform(flat)[:, 1]
    figure = axes.get_figure(root=True)
    pixels = (figure.dpi if figure is not None else 72.0) / 72.0
    for size in _SIZES:
        slots = _dodged(data.nodes, heights, size * pixels * _AIR)
        step = size * pixels * _AIR / width
        if step * (int(np.abs(slots).max()) * 2 + 1) <= _ROOM:
            break
    flat[:, 0] += slots * step
    return flat, size


def _dodged(nodes: Sequence[Node], heights: Floats, size: float) -> Floats:
    columns: dict[int, list[int]] = defaultdict(list)
    for index, node in enumerate(nodes):
        columns[node.column].append(index)
    slots = np.zeros(len(nodes))
    for members in columns.values():
        # The champion's line stays in the middle.
        order = sorted(members, key=lambda index: not nodes[index].ancestral)
        slots[order] = dodge([float(heights[index]) for index in order], size)
    return slots


def _draw_edges(axes: Axes, data: LineageData, places: Floats) -> list[Floats]:
    """Lines from parents to children; those of the ancestry come back as dense dots."""
    dense = []
    for parent, child in data.edges:
        node = data.nodes[child]
        ends = places[[parent, child]]
        strong = node.ancestral
        axes.plot(
            ends[:, 0],
            ends[:, 1],
            color=RED if strong else _MARKERS[node.family][1],
            linewidth=2.0 if strong else 0.8,
            alpha=0.9 if strong else 0.45,
            zorder=2 if strong else 1,
        )
        if strong:
            share: Floats = np.linspace(0.0, 1.0, 40)[:, None]
            dense.append(np.asarray(ends[0] + (ends[1] - ends[0]) * share, dtype=np.float64))
    return dense


def _draw_markers(axes: Axes, data: LineageData, places: Floats, size: float) -> None:
    for node, (x, y) in zip(data.nodes, places, strict=True):
        marker, color = _MARKERS[node.family]
        if node.point.is_champion:
            marker, color = "*", RED
        axes.plot(
            [x],
            [y],
            marker,
            color=color,
            markersize=_STAR if node.point.is_champion else size,
            markeredgecolor="white",
            markeredgewidth=0.07 * size,
            alpha=1.0 if node.ancestral or node.family == "seed" else 0.8,
            zorder=5 if node.ancestral else 3,
        )


def _labels(data: LineageData, places: Floats) -> Iterator[Label]:
    """Champion and start always, of the ancestry the best that find room."""
    ranked = sorted(enumerate(data.nodes), key=lambda pair: -pair[1].point.quality)
    left = _MAX_LABELS
    for index, node in sorted(ranked, key=lambda pair: not _named(pair[1])):
        point, (x, y) = node.point, places[index]
        if point.is_champion:
            both = "seed = champion" if point.is_seed else "champion"
            yield Label(x, y, f"{both} {point.quality:.3f}", RED)
        elif node.family == "seed":
            start = "seed" if point.is_seed else "start"
            yield Label(x, y, f"{start} {point.quality:.3f}", BROWN)
        elif node.ancestral and left:
            left -= 1
            yield Label(x, y, f"{point.genome_id[:8]} {point.quality:.3f}", BLACK, optional=True)


def _named(node: Node) -> bool:
    return node.point.is_champion or node.family == "seed"
