"""The betting e-process on graded or clustered differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evo.gate.evidence import Look
from evo.gate.pair import Pair, tally, unit_means
from evo.gate.plan import GatePlan
from fitness.stats import GRID, log_growth, log_mean_exp


@dataclass(frozen=True, eq=False)
class BettingGain:
    """State of the test after some looks; one bet an independent unit.

    A missing pair is bet on as -1, the worst case for the candidate.

    Attributes:
        plan: The registered plan.
        capital: (n_bets,) log-capital of each bet, in nats.
        peak: Highest log-capital of the mixture so far.
        net: Sum over units of the measured mean difference beyond the minimum effect.
        examples: Pairs so far.
        wins: Pairs won.
        losses: Pairs lost.
        missing: Pairs missing.
    """

    plan: GatePlan
    capital: npt.NDArray[np.float64]
    peak: float = 0.0
    net: float = 0.0
    examples: int = 0
    wins: int = 0
    losses: int = 0
    missing: int = 0

    @classmethod
    def start(cls, plan: GatePlan) -> BettingGain:
        """The test before any pair."""
        return cls(plan=plan, capital=np.zeros(len(GRID)))

    def look(self, fresh: Sequence[Pair]) -> tuple[BettingGain, Look]:
        """Takes in new pairs; whole clusters, as the plan's looks fall between clusters."""
        plan = self.plan
        bets = unit_means(fresh, clustered=plan.clustered)
        course = self.capital + np.cumsum(log_growth(bets, plan.min_effect), axis=0)
        measured = [pair for pair in fresh if not pair.missing]
        counts = tally(fresh)
        seen = unit_means(measured, clustered=plan.clustered)
        state = BettingGain(
            plan=plan,
            capital=course[-1] if len(course) else self.capital,
            peak=max(self.peak, float(log_mean_exp(course).max(initial=0.0))),
            net=self.net + float(np.sum(seen - plan.min_effect)),
            examples=self.examples + len(fresh),
            wins=self.wins + counts.wins,
            losses=self.losses + counts.losses,
            missing=self.missing + counts.missing,
        )
        return state, state._record()

    def _record(self) -> Look:
        enough = self.wins + self.losses >= self.plan.min_discordant
        return Look(
            examples=self.examples,
            wins=self.wins,
            losses=self.losses,
            missing=self.missing,
            net=self.net,
            statistic=self.peak,
            boundary=-math.log(self.plan.alpha) if enough else None,
        )
