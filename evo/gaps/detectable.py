"""What a search for gaps cannot see: the smallest difference that it would have found."""

from __future__ import annotations

import math
from statistics import NormalDist

from evo.gaps.beam import SMALLEST
from evo.gaps.confirm import CONFIRMED, FOUND

POWER = 0.8
"""How often a gap of the stated size would be found and confirmed."""


def smallest_difference(n: int, share: float, rest: float, looked: int) -> float | None:
    """Smallest difference of failure rates between a slice and the rest that is found.

    The slice must pass in one half against all slices looked at, and again in the other. Normal
    approximation with the continuity correction (Casagrande, Pike & Smith 1978), for a slice of
    one condition that is the only gap.

    Args:
        n: Independent examples of the domain.
        share: Share of the slice among them, in (0, 1).
        rest: Failure rate of the rest.
        looked: Slices that the search tests, at least 1.

    Returns:
        The difference, in (0, 1 - rest]; ``None`` where even a slice that always fails would be
        missed, or is too small to be looked at.
    """
    inside, outside = n / 2 * share, n / 2 * (1 - share)
    if min(inside, outside) < SMALLEST or not 0 <= rest < 1:
        return None
    levels = (FOUND / max(looked, 1), CONFIRMED)

    def power(difference: float) -> float:
        return math.prod(_power(inside, outside, rest, difference, level) for level in levels)

    low, high = 0.0, 1.0 - rest
    if power(high) < POWER:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _power(inside: float, outside: float, rest: float, difference: float, level: float) -> float:
    worse = min(rest + difference, 1.0)
    pooled = (inside * worse + outside * rest) / (inside + outside)
    weight = 1 / inside + 1 / outside
    null = math.sqrt(pooled * (1 - pooled) * weight)
    true = math.sqrt(worse * (1 - worse) / inside + rest * (1 - rest) / outside)
    lead = difference - weight / 2 - NormalDist().inv_cdf(1 - level) * null
    if true == 0.0:
        return float(lead > 0)
    return NormalDist().cdf(lead / true)
