"""Betting e-processes for the mean of differences in [-1, 1].

Capital starts at 1 and bets a fraction on each difference before it is seen:
``E_t = prod(1 + lambda * (d_i - m0))``. Under "mean <= m0" it is a non-negative supermartingale, so
it ever reaches ``1 / alpha`` with probability at most ``alpha`` (Ville 1939; Waudby-Smith & Ramdas
2024). The mean over a grid of fractions is again such a process. Nothing is assumed about the
shape of the differences. For clustered data pass one mean a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

GRID: FloatArray = np.linspace(0.05, 0.9, 18)
_BISECTIONS = 24


def bet_fractions(null_mean: float) -> FloatArray:
    """The grid .05 ... .9, scaled so that no difference can take the whole capital.

    Args:
        null_mean: Mean to beat, in (-1, 1): 0 for superiority, a minimum effect, or minus a
            non-inferiority margin.

    Raises:
        ValueError: ``null_mean`` is outside (-1, 1).
    """
    if not -1.0 < null_mean < 1.0:
        raise ValueError(f"null_mean must lie in (-1, 1), got {null_mean}")
    return GRID / (1.0 + null_mean)


def log_growth(differences: npt.ArrayLike, null_mean: float = 0.0) -> FloatArray:
    """Log-capital that each difference adds for each bet.

    Returns:
        (n, n_bets) nats.

    Raises:
        ValueError: A difference is not a number in [-1, 1].
    """
    d = check_differences(differences)
    return np.log1p(np.multiply.outer(d - null_mean, bet_fractions(null_mean)))


def check_differences(differences: npt.ArrayLike) -> FloatArray:
    """The differences as an array.

    Raises:
        ValueError: One is not a number in [-1, 1].
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.size and not (np.all(np.isfinite(d)) and np.all(np.abs(d) <= 1.0)):
        raise ValueError("differences must be numbers in [-1, 1]")
    return d


def log_mean_exp(log_capital: FloatArray) -> FloatArray:
    """Log of the mean capital over the last axis, the bets."""
    top = log_capital.max(axis=-1, keepdims=True)
    mean = np.exp(log_capital - top).mean(axis=-1)
    return np.asarray(np.log(mean) + top[..., 0])


def log_wealth(differences: npt.ArrayLike, null_mean: float = 0.0) -> FloatArray:
    """(n,) log-capital of the mixture after each difference, in nats; 0 is the start."""
    return log_mean_exp(np.cumsum(log_growth(differences, null_mean), axis=0))


def peak_log_wealth(differences: npt.ArrayLike, null_mean: float = 0.0) -> float:
    """The highest log-capital so far, at least 0; ``-log(alpha)`` rejects "mean <= null_mean"."""
    wealth = log_wealth(differences, null_mean)
    return max(0.0, float(wealth.max())) if wealth.size else 0.0


def anytime_p(differences: npt.ArrayLike, null_mean: float = 0.0) -> float:
    """p-value of "mean <= null_mean" that is valid at any stopping time, in (0, 1]."""
    return float(np.exp(-peak_log_wealth(differences, null_mean)))


def confidence_bounds(differences: npt.ArrayLike, alpha: float) -> tuple[float, float]:
    """One-sided bounds for the mean, each missing it at any time with probability <= ``alpha``.

    The lower bound is the largest ``m0`` whose capital has reached ``1 / alpha``: it exceeds a
    null mean exactly where the e-process rejects that null, so bound and verdict agree.

    Returns:
        (lower, upper), in [-1, 1].
    """
    d = np.asarray(differences, dtype=np.float64)
    return _lower(d, alpha), -_lower(-d, alpha)


def _lower(d: FloatArray, alpha: float) -> float:
    # Capital falls as null_mean grows, because each factor is
    # 1 + g * ((d + 1) / (1 + null_mean) - 1); so bisection finds the crossing.
    goal = -np.log(alpha)
    low, high = -1.0, 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if peak_log_wealth(d, middle) >= goal:
            low = middle
        else:
            high = middle
    return low


def cluster_means(values: npt.ArrayLike, clusters: Sequence[str]) -> FloatArray:
    """(n_clusters,) mean of each cluster, in the order in which clusters first appear.

    Raises:
        ValueError: The lengths differ.
    """
    array = np.asarray(values, dtype=np.float64)
    if len(array) != len(clusters):
        raise ValueError(f"{len(array)} values for {len(clusters)} cluster ids")
    position: dict[str, int] = {}
    index = [position.setdefault(cluster, len(position)) for cluster in clusters]
    sums = np.bincount(index, weights=array, minlength=len(position))
    counts = np.bincount(index, minlength=len(position))
    return np.asarray(sums / counts) if len(position) else np.empty(0)
