"""Against the winner's curse: what a selected candidate's gain is worth."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fitness.stats.intervals import Interval

_LEAST_PAST = 3


class NormalPrior(NamedTuple):
    """How true gains vary over candidates.

    Attributes:
        mean: Mean gain.
        variance: Variance of the true gains; 0 where the estimates differ by chance alone.
    """

    mean: float
    variance: float


def normal_prior(estimates: npt.ArrayLike, errors: npt.ArrayLike) -> NormalPrior | None:
    """The prior that past candidates suggest, by moments (DerSimonian & Laird 1986).

    Args:
        estimates: (n,) estimated gains of **all** past candidates of the kind, refused ones
            included; a prior from the promoted ones alone repeats the curse.
        errors: (n,) their standard errors, above 0.

    Returns:
        ``None`` below three candidates.

    Raises:
        ValueError: The lengths differ, or an error is not above 0.
    """
    x, se = np.asarray(estimates, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if x.shape != se.shape or np.any(se <= 0.0):
        raise ValueError("each estimate needs one standard error above 0")
    if len(x) < _LEAST_PAST:
        return None
    weights = se**-2.0
    total = float(weights.sum())
    common = float(weights @ x) / total
    excess = float(weights @ (x - common) ** 2) - (len(x) - 1)
    variance = max(0.0, excess / (total - float(np.sum(weights**2)) / total))
    weights = 1.0 / (se**2 + variance)
    return NormalPrior(float(weights @ x / weights.sum()), variance)


def shrink(estimate: float, error: float, prior: NormalPrior, level: float = 0.95) -> Interval:
    """Posterior mean and interval of a gain under a normal prior (Efron & Morris 1973).

    Does not depend on how the candidate was chosen, as far as the prior holds (Dawid 1994).

    Args:
        estimate: The gain as measured.
        error: Its standard error, above 0.
        prior: From ``normal_prior``.
        level: Two-sided level.

    Raises:
        ValueError: ``error`` is not above 0.
    """
    if error <= 0.0:
        raise ValueError(f"the standard error must be above 0, got {error}")
    weight = prior.variance / (prior.variance + error**2)
    mean = weight * estimate + (1.0 - weight) * prior.mean
    half = NormalDist().inv_cdf(0.5 + level / 2) * error * math.sqrt(weight)
    return Interval(mean, mean - half, mean + half)
