"""Score test for paired proportions: is the candidate not worse by a margin?"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def score_statistic(
    wins: npt.ArrayLike, losses: npt.ArrayLike, n: int, difference: float
) -> FloatArray:
    """Z for "true difference = ``difference``"; large values speak for a greater one.

    The variance uses the restricted maximum-likelihood estimate of the losing probability
    (Tango 1998; Nam 1997). Element-wise over arrays of counts.

    Args:
        wins: Pairs won by the candidate.
        losses: Pairs lost.
        n: All pairs, ties included.
        difference: Hypothetical difference of proportions, in (-1, 1).

    Raises:
        ValueError: Counts do not fit into ``n``, or ``difference`` is outside (-1, 1).
    """
    b = np.asarray(wins, dtype=np.float64)
    c = np.asarray(losses, dtype=np.float64)
    if n < 1 or np.any(b < 0) or np.any(c < 0) or np.any(b + c > n):
        raise ValueError(f"wins and losses must be counts with a sum of at most n={n}")
    if not -1.0 < difference < 1.0:
        raise ValueError(f"difference must lie in (-1, 1), got {difference}")
    q = _restricted_loss(b, c, n, difference)
    variance = n * (2.0 * q + difference * (1.0 - difference))
    excess = b - c - n * difference
    scale = np.sqrt(np.maximum(variance, 0.0))
    # Without variance the data are certain: the sign of the excess decides.
    certain = np.select([excess > 0.0, excess < 0.0], [np.inf, -np.inf], 0.0)
    return np.where(scale > 0.0, excess / np.where(scale > 0.0, scale, 1.0), certain)


def score_z(wins: int, losses: int, n: int, difference: float) -> float:
    """``score_statistic`` of one pair of counts, without arrays: what root finding asks for often.

    The counts are taken as checked.
    """
    skew = difference * (1.0 - difference)
    linear = -wins - losses + (2.0 * n - wins + losses) * difference
    root = math.sqrt(max(linear * linear + 8.0 * n * losses * skew, 0.0))
    variance = n * ((root - linear) / (2.0 * n) + skew)
    excess = wins - losses - n * difference
    if variance <= 0.0:
        return math.copysign(math.inf, excess) if excess else 0.0
    return excess / math.sqrt(variance)


def _restricted_loss(b: FloatArray, c: FloatArray, n: int, delta: float) -> FloatArray:
    quadratic = 2.0 * n
    linear = -b - c + (2.0 * n - b + c) * delta
    constant = -c * delta * (1.0 - delta)
    root = np.sqrt(np.maximum(linear**2 - 4.0 * quadratic * constant, 0.0))
    return np.asarray((root - linear) / (2.0 * quadratic))


def score_test(wins: int, losses: int, n: int, margin: float) -> float:
    """p-value of "the candidate is worse by ``margin`` or more"; 1 without pairs."""
    if n == 0:
        return 1.0
    z = float(score_statistic(wins, losses, n, -margin))
    return NormalDist().cdf(-z) if math.isfinite(z) else float(z < 0)
