"""agent-self-edit 0.3: permutation p, bootstrap interval and a minimum effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout
from benchmarks.acceptors.rules.resampling import bootstrap_means, pooled_permutation_p


@dataclass(frozen=True)
class SelfEdit:
    """``ab_test.py``: p < .05, lower end of the 95 % interval above 0, relative gain >= 5 %.

    As there, the permutation deals out the scores of both arms without regard to the pairs, so
    what it finds depends on how often the champion passes. Simplified: its corpus of 40 tasks is
    replaced by the examples that all rules get; 1,000 resamples instead of 10,000; the
    permutation p-value is computed, not drawn. Left out: limits on the size of an edit.
    """

    alpha: float = 0.05
    min_effect: float = 0.05

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts when all three hold."""
        old, new = pairs.champion[: pairs.size], pairs.candidate[: pairs.size]
        gain = pairs.holdout_gain
        if gain <= 0.0 or gain < self.min_effect * float(old.mean()) - 1e-12:
            return on_holdout(pairs, False)
        if pooled_permutation_p(old, new) >= self.alpha:
            return on_holdout(pairs, False)
        means = bootstrap_means(new - old, rng)
        return on_holdout(pairs, bool(np.quantile(means, self.alpha / 2.0) > 1e-12))
