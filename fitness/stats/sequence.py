"""A confidence sequence: an interval for a mean that holds at all times at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fitness.stats.eprocess import FloatArray, check_differences, log_wealth

_STEPS = 200


class ConfidenceSequence(NamedTuple):
    """Two-sided bounds after each value; (n,) each, narrowing.

    Attributes:
        low: Lower ends.
        high: Upper ends.
    """

    low: FloatArray
    high: FloatArray


def confidence_sequence(values: npt.ArrayLike, level: float = 0.95) -> ConfidenceSequence:
    """Bounds for the mean of values in [-1, 1] (Waudby-Smith & Ramdas 2024).

    With a probability of at least ``level`` they contain the mean after every value, so one may
    look as often and stop when one likes. A mean is left out where the capital of a bet against
    it on either side has reached ``2 / (1 - level)``. Rounded outwards to .01.

    Args:
        values: (n,) scores or paired differences in [-1, 1]; for clustered data cluster means.
        level: Two-sided level.

    Raises:
        ValueError: A value is not a number in [-1, 1].
    """
    x = check_differences(values)
    goal = math.log(2.0 / (1.0 - level))
    return ConfidenceSequence(_lower(x, goal), -_lower(-x, goal))


def _lower(x: FloatArray, goal: float) -> FloatArray:
    # From the lowest mean upwards: the capital against a greater mean is never larger.
    low = np.full(len(x), -1.0)
    for mean in np.linspace(-1.0, 1.0, _STEPS + 1)[1:-1]:
        reached = np.maximum.accumulate(log_wealth(x, float(mean))) >= goal
        if not reached.any():
            break
        low[reached] = mean
    return low


def rejects(course: FloatArray, alpha: float, uniform: float | None = None) -> bool:
    """Whether an e-process rejects, with an optional randomised last look.

    At any time at a capital of ``1 / alpha`` (Ville 1939); with ``uniform`` also where the last
    capital reaches ``uniform / alpha`` (Ramdas & Manole 2023), which wins power at a fixed end.
    The error stays at most ``alpha`` only if ``uniform`` was drawn from (0, 1) and written down
    before the first value was seen.

    Args:
        course: (n,) log-capital, as from ``log_wealth``.
        alpha: Error.
        uniform: The number drawn in advance; ``None`` for no randomised look.

    Raises:
        ValueError: ``uniform`` is not in (0, 1].
    """
    if uniform is not None and not 0.0 < uniform <= 1.0:
        raise ValueError(f"uniform must lie in (0, 1], got {uniform}")
    if not len(course):
        return False
    if float(course.max()) >= -math.log(alpha):
        return True
    return uniform is not None and float(course[-1]) >= math.log(uniform / alpha)
