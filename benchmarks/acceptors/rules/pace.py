"""PACE (arXiv 2606.08106): a betting e-process for each challenger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout


@dataclass(frozen=True)
class Pace:
    """Capital times (1 + bet) for a win, (1 - bet) for a loss; commits at 1 / alpha, at any time.

    Restated from the abstract: no code was available. Ours: graded differences d multiply by
    1 + bet * d; a challenger that does not commit uses all examples; the order is drawn anew for
    each challenger over the same holdout.
    """

    alpha: float = 0.05
    bet: float = 0.5

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Commits as soon as the capital is there."""
        order = rng.permutation(pairs.size)
        capital = np.cumsum(np.log1p(self.bet * pairs.differences[order]))
        reached = capital >= -math.log(self.alpha) - 1e-12
        if not reached.any():
            return on_holdout(pairs, False)
        return on_holdout(pairs, True, order[: int(reached.argmax()) + 1])
