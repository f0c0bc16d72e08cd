"""cap-evolve: the mean difference exceeds one standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling, on_holdout
from benchmarks.acceptors.rules.student import t_statistic

ONE_SIGMA = 0.8413447460685429  # P(Z <= 1)


@dataclass(frozen=True)
class CapEvolve:
    """Mode ``paired`` of ``cap_evolve/gate.py``: mean > k * SE with k = 1, widened to Student's t.

    As there, a standard error of zero accepts any positive mean. Left out: its optional veto of
    regressions and its state "indecisive" at low coverage.
    """

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts above one standard error."""
        from scipy.special import stdtrit

        bar = float(stdtrit(pairs.size - 1, ONE_SIGMA))
        return on_holdout(pairs, t_statistic(pairs.differences[: pairs.size]) > bar)
