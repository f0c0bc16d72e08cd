"""harness-evolve 0.3: a noise band of two standard deviations from repeated runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.acceptors.pairs import Pairs
from benchmarks.acceptors.rule import Ruling

Z = 2.0
MIN_FLIPS = 3.0


@dataclass(frozen=True)
class HarnessEvolve:
    """``acceptance.py``: accepts a gain above the band; the band comes from the unchanged agent.

    The champion runs twice before the first proposal; the band is two standard deviations of the
    difference of both runs, at least 2 * sqrt(3) / n. The extra run is counted. Simplified: the
    standard deviation is computed, not bootstrapped; one trial an example. Left out: gains inside
    the band that pay by lower cost, guard cases, the limit on escalations.
    """

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:  # noqa: ARG002 (one signature for all rules)
        """Accepts above the band of the line's first champion."""
        known = past[0].kept if past else None
        band = noise_band(pairs) if known is None else known
        return Ruling(
            accepted=pairs.holdout_gain > band + 1e-12,
            used=pairs.holdout,
            gain=pairs.holdout_gain,
            repeated=pairs.size if known is None else 0,
            kept=band,
        )


def noise_band(pairs: Pairs) -> float:
    """Two standard deviations of the mean difference of two runs of the champion."""
    flips = (pairs.again - pairs.champion)[: pairs.size]
    floor = Z * math.sqrt(MIN_FLIPS) / pairs.size
    return max(Z * float(flips.std()) / math.sqrt(pairs.size), floor)
