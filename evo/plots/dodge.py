"""Markers side by side where they would lie on each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count


def dodge(heights: Sequence[float], size: float) -> list[int]:
    """A slot for each marker of one column: 0 in the middle, then 1, -1, 2, -2, ...

    Markers of one slot are at least ``size`` apart.

    Args:
        heights: (n,) places along the column, in any order.
        size: Height of a marker, in the same unit.
    """
    taken: dict[int, list[float]] = {}
    slots = []
    for height in heights:
        slot = next(
            slot
            for slot in _slots()
            if all(abs(height - other) >= size for other in taken.get(slot, ()))
        )
        taken.setdefault(slot, []).append(height)
        slots.append(slot)
    return slots


def _slots() -> Iterator[int]:
    yield 0
    for number in count(1):
        yield number
        yield -number
