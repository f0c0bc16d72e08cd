"""Betting on the mean of a finite suite, drawn without replacement.

Where all that matters is the mean over the ``N`` examples at hand, each draw tells something about
the rest: under "mean <= m" the next difference has a mean of at most
``(N * m - S_{t-1}) / (N - t + 1)``, with ``S`` the sum so far (Waudby-Smith & Ramdas 2020, 2024).
The capital grows faster than with replacement, and with the last example nothing is uncertain.
For the gate, whose examples stand for those to come, use ``log_wealth`` instead.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fitness.stats.eprocess import GRID, FloatArray, check_differences, log_mean_exp

_BISECTIONS = 24
_TINY = 1e-9


def log_wealth_finite(
    differences: npt.ArrayLike, population: int, null_mean: float = 0.0
) -> FloatArray:
    """Log-capital against "the mean of all ``population`` differences is <= ``null_mean``".

    Args:
        differences: (n,) those drawn so far, in random order, in [-1, 1].
        population: Size of the suite.
        null_mean: Mean to beat, in [-1, 1].

    Returns:
        (n,) nats; infinite once the rest can no longer bring the mean down to ``null_mean``.

    Raises:
        ValueError: A difference is not a number in [-1, 1], or there are more than ``population``.
    """
    d = check_differences(differences)
    if len(d) > population:
        raise ValueError(f"{len(d)} differences from a population of {population}")
    drawn = np.arange(len(d))
    before = np.concatenate([[0.0], np.cumsum(d)[:-1]]) if len(d) else d
    # A difference never exceeds 1, so a greater bound says no more than 1 does.
    mean = np.minimum((population * null_mean - before) / (population - drawn), 1.0)
    room = np.maximum(1.0 + mean, _TINY)
    growth = np.log1p(np.multiply.outer(np.maximum((d - mean) / room, -1.0), GRID))
    wealth = log_mean_exp(np.cumsum(growth, axis=0))
    least = before + d - (population - drawn - 1)
    refuted = np.logical_or.accumulate(least > population * null_mean + _TINY)
    return np.where(refuted, np.inf, wealth)


def confidence_bounds_finite(
    differences: npt.ArrayLike, population: int, alpha: float
) -> tuple[float, float]:
    """One-sided bounds for the mean of the suite, each valid at any time with error ``alpha``.

    Returns:
        (lower, upper), in [-1, 1]; equal, up to 1e-6, when the whole suite was seen.
    """
    d = np.asarray(differences, dtype=np.float64)
    return _lower(d, population, alpha), -_lower(-d, population, alpha)


def _lower(d: FloatArray, population: int, alpha: float) -> float:
    # Capital falls as null_mean grows, because each bound on a mean grows with it.
    low, high = -1.0, 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        wealth = log_wealth_finite(d, population, middle)
        if wealth.size and float(wealth.max()) >= -np.log(alpha):
            low = middle
        else:
            high = middle
    return low
