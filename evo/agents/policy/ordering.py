"""Ordering a bag of calls: strongest wishes first, none that contradicts a stronger one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Edge = tuple[int, int, int]
"""(rank of the rule, index of the earlier call, index of the later call)."""


class Settled(NamedTuple):
    """Wishes that can hold together.

    Attributes:
        before: For each call the calls that must come earlier, as bits.
        dropped: The wishes that contradict stronger ones.
    """

    before: list[int]
    dropped: list[Edge]


def settle(size: int, edges: Iterable[Edge]) -> Settled:
    """Takes the wishes in the given order and drops each that would close a cycle.

    Args:
        size: How many calls there are.
        edges: Wishes, the strongest first.
    """
    before, reach = [0] * size, [0] * size
    dropped: list[Edge] = []
    for edge in edges:
        _, early, late = edge
        if reach[late] >> early & 1:
            dropped.append(edge)
            continue
        before[late] |= 1 << early
        behind = reach[late] | 1 << late
        for one in range(size):
            if one == early or reach[one] >> early & 1:
                reach[one] |= behind
    return Settled(before, dropped)


def sort(before: Sequence[int]) -> list[int]:
    """The first order, by index, in which every call follows those that it must follow."""
    left, found = (1 << len(before)) - 1, []
    while left:
        for one, earlier in enumerate(before):
            if left >> one & 1 and not earlier & left:
                found.append(one)
                left ^= 1 << one
                break
    return found
