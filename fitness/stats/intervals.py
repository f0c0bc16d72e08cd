"""Intervals for a proportion, a paired difference and a mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fitness.stats.eprocess import FloatArray
from fitness.stats.noninferiority import score_statistic, score_z

_EDGE = 1.0 - 1e-12


class Interval(NamedTuple):
    """An estimate with its two-sided interval, in the unit of the data."""

    estimate: float
    low: float
    high: float


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Score interval for a proportion (Wilson 1927); [0, 1] without data.

    Raises:
        ValueError: ``successes`` is not in 0..n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie in 0..{n}, got {successes}")
    if n == 0:
        return Interval(math.nan, 0.0, 1.0)
    z = _z(level)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, max(0.0, centre - half), min(1.0, centre + half))


def tango(wins: int, losses: int, n: int, level: float = 0.95) -> Interval:
    """Score interval for a difference of paired proportions (Tango 1998).

    Inverts the score test, so it excludes 0 exactly where the test does.

    Args:
        wins: Pairs in which the first arm alone succeeds.
        losses: Pairs in which the second arm alone succeeds.
        n: All pairs.
        level: Two-sided level.
    """
    if n == 0:
        return Interval(math.nan, -1.0, 1.0)
    return score_interval(wins, losses, n, _z(level))


def score_interval(wins: int, losses: int, n: int, z: float) -> Interval:
    """All differences of paired proportions whose score statistic lies within ``z`` of 0.

    Raises:
        ValueError: The counts do not fit into ``n``.
    """
    estimate = (wins - losses) / n
    # The search stops just short of -1 and 1, where the estimate may lie.
    low = min(_crossing(wins, losses, n, z), estimate)
    high = max(_crossing(wins, losses, n, -z), estimate)
    return Interval(estimate, low, high)


def _crossing(wins: int, losses: int, n: int, goal: float) -> float:
    from scipy.optimize import brentq

    score_statistic(wins, losses, n, 0.0)  # checks the counts

    def excess(difference: float) -> float:
        return score_z(wins, losses, n, difference) - goal

    # The statistic falls as the hypothetical difference grows.
    if excess(-_EDGE) <= 0.0:
        return -_EDGE
    if excess(_EDGE) >= 0.0:
        return _EDGE
    return float(brentq(excess, -_EDGE, _EDGE, xtol=1e-12))


def mean_interval(
    values: npt.ArrayLike, level: float = 0.95, clusters: Sequence[str] | None = None
) -> Interval:
    """Student interval for a mean, with a clustered standard error where clusters are given.

    Args:
        values: (n,) scores, or paired differences.
        level: Two-sided level.
        clusters: (n,) cluster ids; values of one cluster may depend on each other.

    Returns:
        The whole line where fewer than two independent units leave the error unknown.
    """
    array = np.asarray(values, dtype=np.float64)
    units = len(array) if clusters is None else len(set(clusters))
    if units < 2:
        return Interval(float(array.mean()) if len(array) else math.nan, -math.inf, math.inf)
    from scipy.special import stdtrit

    mean = float(array.mean())
    half = float(stdtrit(units - 1, 0.5 + level / 2)) * standard_error(array, clusters)
    return Interval(mean, mean - half, mean + half)


def standard_error(values: FloatArray, clusters: Sequence[str] | None = None) -> float:
    """Standard error of a mean; clustered as in Miller 2024, eq. 4, with G / (G - 1)."""
    n = len(values)
    residuals = values - values.mean()
    if clusters is None:
        return float(np.sqrt(np.sum(residuals**2) / (n - 1) / n))
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(index, weights=residuals)
    groups = len(sums)
    return float(np.sqrt(np.sum(sums**2) * groups / (groups - 1)) / n)


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)
