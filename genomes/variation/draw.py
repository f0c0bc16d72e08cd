"""Random draws that every operator shares; all randomness comes from the Generator given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from genomes.demo import Demo

T = TypeVar("T")


def shuffled(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    """All items in random order."""
    return [items[index] for index in rng.permutation(len(items))]


def balanced(
    pool: Sequence[Demo], size: int, labels: Sequence[str], rng: np.random.Generator
) -> tuple[Demo, ...]:
    """Random demonstrations with equal shares of the labels, in random order.

    Args:
        pool: What to draw from.
        size: How many; fewer if the pool runs dry.
        labels: The labels; shares differ by at most one while each has some left. Empty for
            free text, where every demonstration is as good as another.
        rng: Source of randomness.
    """
    piles = [shuffled([d for d in pool if d.target == label], rng) for label in labels]
    turns = _round_robin(shuffled(piles, rng) if labels else [shuffled(pool, rng)])
    taken: dict[str, Demo] = {}
    for demo in turns:
        if len(taken) == size:
            break
        taken.setdefault(demo.example_id, demo)
    return tuple(shuffled(list(taken.values()), rng))


def _round_robin(piles: list[list[Demo]]) -> Iterator[Demo]:
    for rank in range(max(map(len, piles), default=0)):
        yield from (pile[rank] for pile in piles if rank < len(pile))
