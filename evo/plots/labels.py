"""Labels that lie beside their points and on nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox, BboxBase

Pixels = npt.NDArray[np.float64]

_DISTANCES = (9.0, 16.0, 26.0, 38.0, 54.0)  # points
_DIRECTIONS = 16
_LEADER_FROM = 16.0  # a label further off gets a line to its point
_GAP = 2.0  # pixels of air around a label


@dataclass(frozen=True)
class Label:
    """A text for a point.

    Attributes:
        x: In data coordinates.
        y: In data coordinates.
        text: One line.
        color: Of text and leader.
        optional: Left out rather than laid over something else.
    """

    x: float
    y: float
    text: str
    color: str
    optional: bool = False


def place_labels(axes: Axes, labels: Sequence[Label], obstacles: Pixels) -> list[Annotation]:
    """Adds each label at the nearest free place, in order of importance; returns those added.

    Call it last: it settles the layout, and later changes of the limits would move points.

    Args:
        axes: Where to.
        labels: The most important first.
        obstacles: (n, 2) data coordinates that labels should not cover.
    """
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    figure.draw_without_rendering()
    pixels = axes.transData.transform(obstacles) if len(obstacles) else np.empty((0, 2))
    ground = _Ground(axes.bbox, pixels, [])
    placed = []
    for label in labels:
        note = _annotation(axes, label)
        best = _best_place(note, ground)
        if label.optional and _cost(note, best, ground) > 0.0:
            note.remove()
            continue
        line = _leader_pixels(note, best)
        if len(line):
            _add_leader(axes, note, best)
        ground = _Ground(
            ground.inside, np.vstack([ground.pixels, line]), [*ground.taken, _box(note)]
        )
        placed.append(note)
    return placed


@dataclass(frozen=True)
class _Ground:
    """What is in the way, in pixels: the edge, dots to keep clear, labels already placed."""

    inside: BboxBase
    pixels: Pixels
    taken: list[Bbox]


def _annotation(axes: Axes, label: Label) -> Annotation:
    note = axes.annotate(
        label.text,
        (label.x, label.y),
        xytext=(0.0, 0.0),
        textcoords="offset points",
        color=label.color,
        fontsize=8.0,
        fontweight="bold",
        zorder=6,
        annotation_clip=False,
    )
    note.set_in_layout(False)  # a label must not push the axes that it was placed on
    return note


class _Place(NamedTuple):
    """A position in points relative to the labelled point."""

    x: float
    y: float
    distance: float

    @property
    def across(self) -> Literal["left", "center", "right"]:
        return "left" if self.x > 1.0 else "right" if self.x < -1.0 else "center"

    @property
    def up(self) -> Literal["bottom", "center", "top"]:
        return "bottom" if self.y > 1.0 else "top" if self.y < -1.0 else "center"


_PLACES = tuple(
    _Place(distance * math.cos(angle), distance * math.sin(angle), distance)
    for distance in _DISTANCES
    for angle in np.linspace(0.0, 2.0 * math.pi, _DIRECTIONS, endpoint=False)
)


def _best_place(note: Annotation, ground: _Ground) -> _Place:
    """Moves the label to its best place and returns it."""
    best, least = _PLACES[0], math.inf
    for place in _PLACES:
        _move(note, place)
        overlap = _cost(note, place, ground)
        if overlap + place.distance / 100.0 < least:
            best, least = place, overlap + place.distance / 100.0
        if overlap == 0.0:  # places come by distance: no later one is better
            break
    _move(note, best)
    return best


def _move(note: Annotation, place: _Place) -> None:
    note.set_position((place.x, place.y))
    note.set_horizontalalignment(place.across)
    note.set_verticalalignment(place.up)


def _cost(note: Annotation, place: _Place, ground: _Ground) -> float:
    box, inside = _box(note), ground.inside
    outside = box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1
    line = _leader_pixels(note, place)
    crossed = sum(_covered(taken, line) > 0 for taken in ground.taken)
    return float(
        _covered(box, ground.pixels)
        + 100.0 * box.count_overlaps(ground.taken)
        + 50.0 * outside
        + 20.0 * crossed
    )


def _covered(box: Bbox, pixels: Pixels) -> int:
    return int(((pixels > box.min) & (pixels < box.max)).all(axis=1).sum())


def _leader_pixels(note: Annotation, place: _Place) -> Pixels:
    """The line from label to point as dots; none for a label that is near."""
    if place.distance < _LEADER_FROM or note.axes is None or note.figure is None:
        return np.empty((0, 2))
    start = note.axes.transData.transform(note.xy)
    end = start + np.array([place.x, place.y]) * note.figure.dpi / 72.0
    share: Pixels = np.linspace(0.25, 0.9, 12)[:, None]
    return np.asarray(start + (end - start) * share, dtype=np.float64)


def _box(note: Annotation) -> Bbox:
    return note.get_window_extent().padded(_GAP)


def _add_leader(axes: Axes, note: Annotation, place: _Place) -> None:
    leader = axes.annotate(
        "",
        note.xy,
        xytext=(place.x, place.y),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": note.get_color(), "linewidth": 0.6, "shrinkB": 4},
        annotation_clip=False,
    )
    leader.set_in_layout(False)
