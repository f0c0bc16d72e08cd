"""The betting e-process on what an answer costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evo.gate.evidence import Look
from evo.gate.pair import Pair
from evo.gate.plan import GatePlan
from fitness.objectives import value_of
from fitness.outcome import Outcome
from fitness.stats import GRID, cluster_means, log_growth, log_mean_exp
from genomes import Genome, render
from genomes.errors import DataError

_OBJECTIVE = {"tokens": "cost", "money": "money", "steps": "steps"}


def costs_of(plan: GatePlan, genome: Genome, outcomes: Sequence[Outcome]) -> list[float | None]:
    """(n,) what each answer cost, in the unit of the plan; ``None`` where it is unknown.

    Raises:
        DataError: A cost is negative or not a number.
    """
    if plan.cost == "length":
        return [float(render(genome, plan.domain).length)] * len(outcomes)
    values = [value_of(_OBJECTIVE[plan.cost], outcome) for outcome in outcomes]
    for value, outcome in zip(values, outcomes, strict=True):
        if value is not None and not (math.isfinite(value) and value >= 0.0):
            raise DataError(f"example {outcome.example_id!r} cost {value!r} {plan.cost}")
    return [None if value is None else float(value) for value in values]


def reduction(pair: Pair) -> float | None:
    """What the candidate saves as a share of the dearer arm, in [-1, 1]; ``None`` if unknown."""
    old, new = pair.champion_cost, pair.candidate_cost
    if pair.missing or old is None or new is None:
        return None
    return (old - new) / max(old, new) if old != new else 0.0


@dataclass(frozen=True, eq=False)
class CostGain:
    """State of the test after some looks; one bet an independent unit.

    Bets on the share saved in each pair, which is bounded whatever an answer costs. A pair without
    a score or a cost is bet on as -1. The length of a prompt is known and needs no test.

    Attributes:
        plan: The registered plan.
        capital: (n_bets,) log-capital of each bet, in nats.
        peak: Highest log-capital of the mixture so far.
        net: Sum of the measured shares saved beyond the minimum effect.
        examples: Pairs so far.
        wins: Pairs in which the candidate was cheaper.
        losses: Pairs in which it was dearer.
        missing: Pairs without a score or a cost.
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
    def start(cls, plan: GatePlan) -> CostGain:
        """The test before any pair."""
        return cls(plan=plan, capital=np.zeros(len(GRID)))

    def look(self, fresh: Sequence[Pair]) -> tuple[CostGain, Look]:
        """Takes in new pairs; whole clusters, as the plan's looks fall between clusters."""
        saved = [reduction(pair) for pair in fresh]
        known = [value for value in saved if value is not None]
        course = self.capital + np.cumsum(
            log_growth(self._units(fresh, saved), self.plan.min_effect), axis=0
        )
        state = CostGain(
            plan=self.plan,
            capital=course[-1] if len(course) else self.capital,
            peak=max(self.peak, float(log_mean_exp(course).max(initial=0.0))),
            net=self.net + sum(known) - len(known) * self.plan.min_effect,
            examples=self.examples + len(fresh),
            wins=self.wins + sum(value > 0.0 for value in known),
            losses=self.losses + sum(value < 0.0 for value in known),
            missing=self.missing + len(saved) - len(known),
        )
        return state, state._record()

    def _units(
        self, fresh: Sequence[Pair], saved: Sequence[float | None]
    ) -> npt.NDArray[np.float64]:
        bets = np.array([-1.0 if value is None else value for value in saved], dtype=np.float64)
        if not self.plan.clustered:
            return bets
        return cluster_means(bets, [pair.cluster for pair in fresh])

    def _record(self) -> Look:
        enough = self.wins + self.losses >= self.plan.min_discordant
        goal = -math.log(self.plan.alpha)
        known = self.plan.cost == "length"
        shorter = goal if self.net > 0.0 else 0.0
        return Look(
            examples=self.examples,
            wins=self.wins,
            losses=self.losses,
            missing=self.missing,
            net=self.net,
            statistic=shorter if known else self.peak,
            boundary=goal if enough else None,
        )
