"""promptline-opt 0.1.1: Holm within one call, then a confirming split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import FloatArray, Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout
from benchmarks.acceptors.rules.resampling import bootstrap_means


@dataclass(frozen=True)
class Promptline:
    """``registry/gate.py``: bootstrap p <= .05 on half, then the other half's interval above 0.

    Simplified: one candidate a call, where Holm's correction changes nothing; 1,000 resamples
    instead of 10,000. Left out: the judge's certificate, flags that do not block.
    """

    alpha: float = 0.05

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Spends the second half only on what the first half shows."""
        half = pairs.size // 2
        first, second = pairs.differences[:half], pairs.differences[half : pairs.size]
        if first.mean() <= 0.0 or centred_p(first, rng) > self.alpha:
            return on_holdout(pairs, False, pairs.holdout[:half])
        confirmed = np.quantile(bootstrap_means(second, rng), self.alpha / 2.0) > 1e-12
        return on_holdout(pairs, bool(confirmed))


def centred_p(differences: FloatArray, rng: np.random.Generator) -> float:
    """Two-sided bootstrap p-value of "the mean is 0"."""
    mean = float(differences.mean())
    means = bootstrap_means(differences, rng) - mean
    extreme = int((np.abs(means) >= abs(mean) - 1e-12).sum())
    return (1 + extreme) / (len(means) + 1)
