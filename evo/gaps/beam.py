"""Beam search for slices, as in SliceLine (Sagadeeva & Boehm 2021)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evo.gaps.view import Bools, View

SMALLEST = 10
"""Slices with fewer independent examples say nothing and are not looked at."""
WIDTH = 6
"""Slices of one condition that are given a second one."""
WEIGHT = 0.95
"""Weight of the error against the size of a slice, as in the paper."""


@dataclass(frozen=True)
class Slice:
    """A slice of a view.

    Attributes:
        members: Indices of its conditions, ascending.
        mask: (n,) its rows.
    """

    members: tuple[int, ...]
    mask: Bools


def beam(view: View, within: Bools) -> list[Slice]:
    """All slices that were looked at, those of one condition first.

    Args:
        view: The view.
        within: Rows that may be looked at.
    """
    single = [Slice((i,), mask) for i, mask in enumerate(view.masks)]
    single = [one for one in single if _large_enough(view, one.mask, within)]
    looked = {one.members: one for one in single if _named(view, one)}
    if view.depth > 1:
        looked |= {one.members: one for one in _pairs(view, single, within)}
    return list(looked.values())


def _pairs(view: View, single: list[Slice], within: Bools) -> Iterable[Slice]:
    heads = [one for one in single if _named(view, one)]
    best = sorted(heads, key=lambda one: -score(view, one.mask, within))[:WIDTH]
    for head in best:
        for other in single:
            members = tuple(sorted({*head.members, *other.members}))
            if len(members) == 2 and _apart(view, members):
                pair = Slice(members, head.mask & other.mask)
                if _large_enough(view, pair.mask, within) and _narrower(pair, head, other, within):
                    yield pair


def score(view: View, mask: Bools, within: Bools) -> float:
    """How bad against how small: ``a (e_S / e - 1) - (1 - a) (n / |S| - 1)``.

    Args:
        view: The view; ``events`` are the errors.
        mask: Rows of the slice.
        within: Rows to look at, some of them in the slice.
    """
    inside = mask & within
    share, size = float(view.events[within].mean()), int(inside.sum())
    if share == 0.0:
        return 0.0
    lift = float(view.events[inside].mean()) / share
    return WEIGHT * (lift - 1) - (1 - WEIGHT) * (int(within.sum()) / size - 1)


def _named(view: View, one: Slice) -> bool:
    attributes = {view.conditions[i].attribute for i in one.members}
    return view.required is None or view.required in attributes


def _apart(view: View, members: tuple[int, ...]) -> bool:
    """Two tags may meet; two targets, lengths or confusions exclude each other."""
    first, second = (view.conditions[i].attribute for i in members)
    return first != second or first == "tag"


def _narrower(pair: Slice, head: Slice, other: Slice, within: Bools) -> bool:
    size = int(np.sum(pair.mask & within))
    return all(size < int(np.sum(one.mask & within)) for one in (head, other))


def _large_enough(view: View, mask: Bools, within: Bools) -> bool:
    if view.support(mask & within) < SMALLEST:
        return False
    return not view.against_rest or view.support(~mask & within) >= SMALLEST
