"""McNemar's test at .05, once a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout
from fitness.stats import sign_test


@dataclass(frozen=True)
class McNemar:
    """Exact one-sided McNemar test (1947); graded scores count as won or lost."""

    alpha: float = 0.05

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts at p <= alpha."""
        shown = pairs.differences[: pairs.size]
        p = sign_test(int((shown > 0.0).sum()), int((shown < 0.0).sum()))
        return on_holdout(pairs, p <= self.alpha)
