"""Which examples play which role: by hash, before anyone looks."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping

from fitness.suites.example import Example
from genomes.errors import DataError


def split(
    examples: Iterable[Example], shares: Mapping[str, float], salt: str = ""
) -> dict[str, tuple[Example, ...]]:
    """Splits examples into roles by a salted hash of their cluster.

    All examples of a cluster play one role. Where a cluster goes depends on its id, the shares
    and the salt alone, so adding examples moves none that was there. Within a role examples
    stand in an order by hash of their id: every prefix is a random sample of the role.

    Args:
        examples: What to split.
        shares: Role to weight; the weights are relative, 2 and 1 are two thirds and one third.
            A role with more weight than another gets more of the *clusters*.
        salt: Another salt gives another split.

    Returns:
        Role to examples, with the roles in the order of ``shares``; a role may be empty.

    Raises:
        DataError: No shares, or one is negative, or they add up to nothing.
    """
    bounds = _bounds(shares)
    roles: dict[str, list[Example]] = {role: [] for role in shares}
    for example in examples:
        roles[_role(rank(salt, example.cluster), bounds)].append(example)
    return {
        role: tuple(sorted(members, key=lambda e: (rank(salt, "order", e.id), e.id)))
        for role, members in roles.items()
    }


def rank(*parts: str) -> float:
    """A number in [0, 1) from the SHA-256 of the parts; uniform over ids."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    # 53 bits, what a float holds: with more, the largest values would round to 1.
    return (int.from_bytes(digest[:8]) >> 11) / 2**53


def _bounds(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    total = math.fsum(shares.values())
    if min(shares.values(), default=-1.0) < 0 or not 0 < total < math.inf:
        raise DataError(
            f"shares must be 0 or more and add up to more than 0, not {dict(shares)!r}",
            remedy="for example search: 0.35, gate: 0.45, audit: 0.2",
        )
    used = [(role, share) for role, share in shares.items() if share > 0]
    upper = [math.fsum(share for _, share in used[: n + 1]) / total for n in range(len(used))]
    return [(role, bound) for (role, _), bound in zip(used, upper, strict=True)]


def _role(place: float, bounds: list[tuple[str, float]]) -> str:
    # The last bound may be a rounding below 1, so the last role takes what is left.
    return next((role for role, upper in bounds if place < upper), bounds[-1][0])
