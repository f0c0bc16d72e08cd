"""A t-test on the examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import FloatArray, Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout
from fitness.stats import standard_error


@dataclass(frozen=True)
class Student:
    """One-sided paired t-test (Student 1908) that takes examples for independent."""

    alpha: float = 0.05

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts at p <= alpha."""
        from scipy.special import stdtrit

        bar = float(stdtrit(pairs.size - 1, 1.0 - self.alpha))
        return on_holdout(pairs, t_statistic(pairs.differences[: pairs.size]) >= bar)


def t_statistic(differences: FloatArray) -> float:
    """Mean over its standard error; infinite with the sign of the mean where nothing varies."""
    mean, error = float(differences.mean()), standard_error(differences)
    if error < 1e-12:
        return math.copysign(math.inf, mean) if abs(mean) > 1e-12 else 0.0
    return mean / error
