"""The order in which an attempt spends its examples, and where it may look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fitness.suites import Example, Suite
from genomes.hashing import content_hash

FUTILITY_SHARES = (1 / 3, 1 / 2, 2 / 3)


def draw_order(
    suite: Suite, n: int, rng: np.random.Generator, *, by_cluster: bool
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Draws at most ``n`` examples at random.

    Args:
        suite: Where from.
        n: Most examples.
        rng: Source of the order.
        by_cluster: Keep clusters together and whole; without it each example is its own.

    Returns:
        The ids in order, and the counts after which a cluster is complete, ascending.
    """
    groups = clusters_of(suite) if by_cluster else [[example] for example in canonical(suite)]
    ids: list[str] = []
    ends: list[int] = []
    for index in rng.permutation(len(groups)):
        group = groups[index]
        if len(ids) + len(group) > n:
            continue
        ids.extend(example.id for example in group)
        ends.append(len(ids))
    return tuple(ids), tuple(ends)


def canonical(suite: Suite) -> list[Example]:
    """The examples by cluster and id, whatever their order in the file."""
    return sorted(suite, key=lambda example: (example.cluster, example.id))


def example_key(example: Example) -> str:
    """What an example asks, whatever its id, case and spaces: another name or another space makes
    no example unseen. 16 hexadecimal digits."""
    return content_hash({k: v.casefold().split() for k, v in example.inputs.items()})[:16]


def clusters_of(suite: Suite) -> list[list[Example]]:
    """The examples of each cluster, in canonical order."""
    groups: dict[str, list[Example]] = {}
    for example in canonical(suite):
        groups.setdefault(example.cluster, []).append(example)
    return list(groups.values())


def look_schedule(ends: Sequence[int], every: int) -> tuple[int, ...]:
    """Looks at least ``every`` examples apart, between clusters; the last one uses all."""
    looks: list[int] = []
    due = every
    for end in ends:
        if end >= due:
            looks.append(end)
            due = end + every
    if ends and (not looks or looks[-1] != ends[-1]):
        looks.append(ends[-1])
    return tuple(looks)


def futility_looks(looks: Sequence[int]) -> tuple[int, ...]:
    """The first look at or after a third, half and two thirds of the examples."""
    if not looks:
        return ()
    inner = looks[:-1]
    due = (share * looks[-1] for share in FUTILITY_SHARES)
    found = {next((look for look in inner if look >= mark), None) for mark in due}
    return tuple(sorted(look for look in found if look is not None))
