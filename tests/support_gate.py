"""A decision as the gate makes it, with its plan: ten examples, all won."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evo.gate import GatePlan, RegressionEvidence, replay
from evo.gate.pair import Pair
from evo.gate.plan import RegressionPlan
from evo.gate.sequential import Superiority
from evo.gate.verdict import Findings, decide
from genomes import Genome

N = 10


def plan_of(
    candidate: str, champion: str, attempt: str = "1", regressions: tuple[RegressionPlan, ...] = ()
) -> GatePlan:
    return GatePlan(
        attempt_id=attempt,
        candidate_id=candidate,
        champion_id=champion,
        suite="gate#1",
        shard_hash="s" * 64,
        domain="a",
        example_ids=tuple(f"e{i}" for i in range(N)),
        looks=(N,),
        futility=(),
        alpha=0.005,
        test="sign",
        clustered=False,
        min_effect=0.0,
        min_discordant=N,
        coverage=0.9,
        regression_margin=0.05,
        regression_alpha=0.05,
        loss_alpha=0.05,
        regressions=regressions,
    )


def decided(candidate: Genome, champion: Genome, attempt: str = "1") -> dict[str, Any]:
    """The decision to promote ``candidate``; see ``planned`` for its plan."""
    plan = plan_of(candidate.id, champion.id, attempt)
    return decided_by(plan)


def decided_by(plan: GatePlan, *rows: RegressionEvidence) -> dict[str, Any]:
    pairs = tuple(
        Pair(example_id=name, cluster=name, champion=0.0, candidate=1.0)
        for name in plan.example_ids
    )
    looks, end = replay(plan, pairs)
    return decide(plan, Findings(Superiority(end, looks, pairs), rows)).model_dump(mode="json")


def planned(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Provenance that holds the plan of what ``decided`` gave."""
    candidate, champion, attempt = (
        str(decision.get(name)) for name in ("candidate_id", "champion_id", "attempt_id")
    )
    return {"plan": plan_of(candidate, champion, attempt).model_dump(mode="json")}
