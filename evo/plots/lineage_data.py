"""Who came from whom, without a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evo.plots.families import Family, family
from evo.plots.records import ScorePoint


@dataclass(frozen=True)
class Node:
    """A genome in the lineage; all readings of one call are one genome here, save the start's.

    Attributes:
        point: What is known of it.
        family: Of the operator that made it; ``reading`` for the start with its reading fitted.
        column: Index of the moment at which it became known.
        parents: Indices of the parents' nodes, ascending.
        ancestral: Whether it is the champion or one of its ancestors.
    """

    point: ScorePoint
    family: Family
    column: int
    parents: tuple[int, ...]
    ancestral: bool


@dataclass(frozen=True)
class LineageData:
    """What the picture shows.

    Attributes:
        nodes: In the order in which they became known; a parent stands before its children.
        calls: Calls spent at each column, ascending.
        unknown: Parents of which nothing was stored; their edges are missing.
    """

    nodes: tuple[Node, ...]
    calls: tuple[int, ...]
    unknown: int

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """(parent, child) indices."""
        return tuple((p, child) for child, node in enumerate(self.nodes) for p in node.parents)


def lineage_data(points: Sequence[ScorePoint]) -> LineageData:
    """Nodes and edges of a run.

    Args:
        points: All that was ever stored, in that order, so that parents whose reading was fitted
            anew later are found by their call.
    """
    finite = [point for point in points if math.isfinite(point.quality)]
    calls = {_key(point): point.calls for point in reversed(finite)}
    shown = sorted(_representatives(finite), key=lambda point: calls[_key(point)])
    columns = sorted({calls[_key(point)] for point in shown})
    keys = {point.genome_id: _key(point) for point in finite}
    place = {_key(point): index for index, point in enumerate(shown)}
    found = [_parents(index, shown, keys, place) for index in range(len(shown))]
    champion = [index for index, point in enumerate(shown) if point.is_champion]
    line = _ancestry(champion, found)
    nodes = tuple(
        Node(
            point,
            _family(index, shown),
            columns.index(calls[_key(point)]),
            found[index],
            index in line,
        )
        for index, point in enumerate(shown)
    )
    named = {parent for point in shown for parent in point.parents}
    return LineageData(nodes, tuple(columns), len(named - keys.keys()))


def _key(point: ScorePoint) -> str:
    return point.key or point.genome_id


def _representatives(points: Sequence[ScorePoint]) -> list[ScorePoint]:
    """One point a call: the champion if it is there, else the last one stored. The start stands
    beside itself with a fitted reading: that gain cost no call and must be seen."""
    groups: dict[str, dict[str, ScorePoint]] = {}
    for point in points:
        groups.setdefault(_key(point), {})[point.genome_id] = point
    shown: list[ScorePoint] = []
    for group in groups.values():
        members = list(group.values())
        if members[0].operator == "seed" and len(members) > 1:
            shown.append(members.pop(0))
        shown.append(next((one for one in members if one.is_champion), members[-1]))
    return shown


def _fitted(index: int, shown: Sequence[ScorePoint]) -> bool:
    """Whether the node is the start with its reading fitted; it stands right behind the start."""
    return index > 0 and _key(shown[index - 1]) == _key(shown[index])


def _family(index: int, shown: Sequence[ScorePoint]) -> Family:
    return "reading" if _fitted(index, shown) else family(shown[index].operator)


def _parents(
    index: int, shown: Sequence[ScorePoint], keys: Mapping[str, str], place: Mapping[str, int]
) -> tuple[int, ...]:
    if _fitted(index, shown):
        return (index - 1,)
    known = {place[keys[parent]] for parent in shown[index].parents if parent in keys}
    # A parent is always known before its child; whatever else a store says would be a circle.
    return tuple(sorted(parent for parent in known if parent < index))


def _ancestry(start: Sequence[int], parents: Sequence[tuple[int, ...]]) -> set[int]:
    line: set[int] = set()
    waiting = list(start)
    while waiting:
        index = waiting.pop()
        if index not in line:
            line.add(index)
            waiting += parents[index]
    return line
