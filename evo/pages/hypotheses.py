"""Hypotheses of the proposals, and whether the expected effect held."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evo.pages.children import Child, Held
from fitness.stats import mean_interval


@dataclass(frozen=True)
class HypothesisRow:
    """One hypothesis with all children that were made for it.

    Attributes:
        hypothesis: Why they should help.
        operators: Who made them.
        gap: Id of the gap that they answer; ``None`` for undirected variation.
        expected: Expected change of quality; ``None`` if not stated.
        children: The children.
        gain: Mean paired gain over the parent; ``None`` if no child has one.
        low: Lower end of its 95 % interval: over the examples for one child, over the children
            for several; ``None`` if unknown.
        high: Upper end.
        outcomes: (outcome, children) pairs, the most frequent first.
    """

    hypothesis: str
    operators: tuple[str, ...]
    gap: str | None
    expected: float | None
    children: tuple[Child, ...]
    gain: float | None
    low: float | None
    high: float | None
    outcomes: tuple[tuple[Held, int], ...]


def hypothesis_rows(made: Iterable[Child]) -> tuple[HypothesisRow, ...]:
    """One row a hypothesis; those that answer a gap or state an effect first, then by gain."""
    groups: dict[tuple[str, str | None, float | None], list[Child]] = defaultdict(list)
    for child in made:
        if child.hypothesis:
            groups[child.hypothesis, child.gap, child.expected].append(child)
    return tuple(sorted(map(_row, groups.values()), key=_rank))


def _rank(row: HypothesisRow) -> tuple[bool, float, str]:
    undirected = row.gap is None and row.expected is None
    return (undirected, math.inf if row.gain is None else -row.gain, row.hypothesis)


def _row(made: Sequence[Child]) -> HypothesisRow:
    gain, low, high = _gain(made)
    return HypothesisRow(
        hypothesis=made[0].hypothesis or "",
        operators=tuple(dict.fromkeys(child.operator for child in made)),
        gap=made[0].gap,
        expected=made[0].expected,
        children=tuple(made),
        gain=gain,
        low=low,
        high=high,
        outcomes=tuple(Counter(child.held for child in made).most_common()),
    )


def _gain(made: Sequence[Child]) -> tuple[float | None, float | None, float | None]:
    known = [child.gain for child in made if child.gain is not None]
    if not known:
        return None, None, None
    if len(known) == 1:
        return known[0].mean, known[0].low, known[0].high
    mean = mean_interval([gain.mean for gain in known])
    return mean.estimate, mean.low, mean.high
