"""The test of the gain that a plan names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evo.gate.betting_gain import BettingGain
from evo.gate.cost_gain import CostGain
from evo.gate.evidence import Look
from evo.gate.pair import Pair
from evo.gate.plan import GatePlan
from evo.gate.sign_gain import SignGain


class GainTest(Protocol):
    """An immutable state of a sequential test."""

    def look(self, fresh: Sequence[Pair]) -> tuple[GainTest, Look]:
        """Takes in the pairs since the last look and says where the test stands."""
        ...


def start_test(plan: GatePlan) -> GainTest:
    """The planned test before any pair."""
    if plan.primary == "cost":
        return CostGain.start(plan)
    return SignGain.start(plan) if plan.test == "sign" else BettingGain.start(plan)
