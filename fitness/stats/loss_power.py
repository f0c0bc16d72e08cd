"""Which losses a suite would notice, and which margin it can exclude, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fitness.stats.power import noninferiority_power

_MOST_EXACT = 1000
_BISECTIONS = 10


def loss_power(n: int, alpha: float, discordance: float, loss: float) -> float:
    """Probability that the exact sign test finds a true loss.

    Exact over the binomial laws of discordant pairs and of losses among them.

    Args:
        n: Pairs.
        alpha: Level, one-sided.
        discordance: Share of pairs in which the arms differ, in (0, 1].
        loss: True loss, in [0, discordance].

    Raises:
        ValueError: ``loss`` is not in [0, discordance].
    """
    if n < 1 or not 0.0 <= loss <= discordance <= 1.0 or discordance <= 0.0:
        raise ValueError(f"need 0 <= loss <= discordance <= 1, got {loss} and {discordance}")
    from scipy.special import bdtrc, gammaln

    spread = 8.0 * math.sqrt(n * discordance) + 8.0
    pairs = np.arange(
        max(0, int(n * discordance - spread)), min(n, int(n * discordance + spread)) + 1
    )
    rest = n - pairs
    log_pmf = gammaln(n + 1) - gammaln(pairs + 1) - gammaln(rest + 1)
    log_pmf += pairs * math.log(discordance)
    log_pmf += np.where(rest > 0, rest * math.log(max(1.0 - discordance, 1e-300)), 0.0)
    most = np.maximum(pairs, 1)
    # P(Bin(m, 1/2) >= k) for each m and k; the first k at or below alpha is the critical one.
    wanted = np.arange(1, int(pairs[-1]) + 2)
    tails = bdtrc(np.minimum(wanted - 1, most[:, None]), most[:, None], 0.5)
    critical = 1 + np.argmax(tails <= alpha, axis=1)
    found = bdtrc(np.minimum(critical - 1, most), most, 0.5 * (1.0 + loss / discordance))
    return float(np.exp(log_pmf) @ np.where(critical > pairs, 0.0, found))


def smallest_loss(n: int, alpha: float, discordance: float, *, power: float = 0.8) -> float | None:
    """The smallest true loss that a sign test finds with probability ``power``.

    Above 1,000 pairs the square-root law extends the value at 1,000.

    Returns:
        A loss in (0, discordance], to about three digits; ``None`` if even a candidate that loses
        every discordant pair is found less often.
    """
    if n < 1 or discordance <= 0.0:
        return None
    exact = min(n, _MOST_EXACT)
    found = _first(lambda loss: loss_power(exact, alpha, discordance, loss) >= power, discordance)
    return None if found is None else found * math.sqrt(exact / n)


def smallest_margin(
    n: int, alpha: float, discordance: float, *, power: float = 0.8
) -> float | None:
    """The smallest margin that a harmless change keeps to with probability ``power``.

    By the paired score test. Above 1,000 pairs the square-root law extends the value at 1,000.

    Returns:
        A margin in (0, 1), to about three digits; ``None`` if none below 1 is kept so often.
    """
    if n < 1 or discordance <= 0.0:
        return None
    exact = min(n, _MOST_EXACT)

    def keeps(margin: float) -> bool:
        return noninferiority_power(exact, margin, discordance, alpha=alpha) >= power

    found = _first(keeps, 0.999)
    return None if found is None else found * math.sqrt(exact / n)


def _first(reaches: Callable[[float], bool], top: float) -> float | None:
    if not reaches(top):
        return None
    low, high = 0.0, top
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
