"""The interval that goes with the exact sequential sign test."""

from __future__ import annotations

import math
from statistics import NormalDist

from fitness.stats.intervals import Interval, score_interval
from fitness.stats.spending import quadratic_spending


def repeated_interval(
    wins: int,
    losses: int,
    n: int,
    critical: int | None,
    *,
    alpha: float,
    share: float,
    missing: int = 0,
) -> Interval:
    """Repeated confidence interval of a gain at one look (Jennison & Turnbull 1989).

    A score interval (Tango 1998) whose critical value is that of the sequential boundary at this
    look, ``z = (2 * critical - 1 - d) / sqrt(d)`` with ``d`` discordant pairs, instead of a normal
    quantile. So ``low > 0`` exactly where ``wins >= critical``: interval and verdict agree. The
    share of discordant pairs is a nuisance parameter and is estimated under each hypothetical
    difference, so nothing is assumed about it. Exact at a difference of 0; away from it an
    approximation: it assumes that the score statistic moves like the fair walk.

    Args:
        wins: Pairs won so far.
        losses: Pairs lost so far.
        n: Pairs so far, ties and missing ones included.
        critical: Least number of wins that promotes at this look; ``None`` where none does.
        alpha: Error of the whole test; each end misses the truth at any look with about this
            probability at most.
        share: Share of the planned examples that is used, in (0, 1].
        missing: Missing pairs; losses for the lower end, wins for the upper one.

    Returns:
        The difference on measured pairs with its interval.

    Raises:
        ValueError: The counts do not fit into ``n``.
    """
    measured = n - missing
    if measured < 1:
        return Interval(math.nan, -1.0, 1.0)
    z = _critical_value(wins + losses + missing, critical, quadratic_spending(alpha, share))
    if math.isinf(z):
        return Interval((wins - losses) / measured, -1.0, 1.0)
    low = score_interval(wins, losses + missing, n, z).low
    high = score_interval(wins + missing, losses, n, z).high
    return Interval((wins - losses) / measured, low, high)


def _critical_value(discordant: int, critical: int | None, spendable: float) -> float:
    if critical is not None:
        return (2 * critical - 1 - discordant) / math.sqrt(discordant)
    if spendable <= 0.0:
        return math.inf
    # Beyond what winning all discordant pairs would reach.
    quantile = NormalDist().inv_cdf(1.0 - spendable)
    return max(quantile, (discordant + 1) / math.sqrt(max(discordant, 1)))
