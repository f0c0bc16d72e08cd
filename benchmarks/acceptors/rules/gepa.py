"""GEPA 0.1.4: the sum of scores on a minibatch is strictly higher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout


@dataclass(frozen=True)
class Gepa:
    """``StrictImprovementAcceptance`` of ``gepa/strategies/acceptance.py``.

    Simplified: the minibatch comes from the holdout, not from a training set of its own.

    Attributes:
        minibatch: Examples compared (``reflection_minibatch_size``).
        validated: Whether the proposal must then have a higher mean on the whole holdout, as the
            program has that ``optimize`` returns: the best of the pool on the validation set.
    """

    minibatch: int = 3
    validated: bool = False

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts what is higher."""
        used = rng.choice(pairs.size, self.minibatch, replace=False)
        higher = bool(pairs.differences[used].sum() > 1e-9)
        if not (higher and self.validated):
            return on_holdout(pairs, higher, used)
        return on_holdout(pairs, pairs.holdout_gain > 1e-12)
