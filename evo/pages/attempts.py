"""The gate attempts of a run, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evo.gate.decision import GateDecision, Verdict
from evo.gate.evidence import Effect, RegressionEvidence
from evo.gate.explain import BROKEN_OFF, Explanation
from evo.gate.plan import GatePlan
from evo.pages.explained import explained
from evo.pages.records import RunRecords

if TYPE_CHECKING:
    from evo.storage import Store


@dataclass(frozen=True)
class AttemptRow:
    """One attempt at the gate.

    Attributes:
        attempt_id: Its name.
        candidate_id: Content hash of the candidate.
        verdict: How it ended; INDECISIVE if it broke off.
        reason: Why, with the numbers.
        effect: Mean difference to the champion on gate examples; ``None`` without any.
        wins: Pairs won.
        losses: Pairs lost.
        ties: Equal pairs.
        missing: Pairs that were not delivered.
        used: Gate examples spent.
        planned: Gate examples planned.
        alpha: Share of the error budget that it used.
        regressions: Evidence of each regression suite that was checked.
    """

    attempt_id: str
    candidate_id: str
    verdict: Verdict
    reason: str
    effect: Effect | None
    wins: int
    losses: int
    ties: int
    missing: int
    used: int
    planned: int
    alpha: float
    regressions: tuple[RegressionEvidence, ...]


def attempt_rows(records: RunRecords) -> tuple[AttemptRow, ...]:
    """The attempts of one run, oldest first."""
    return tuple(map(_row, records.attempts))


def explanations(store: Store, records: RunRecords) -> tuple[Explanation, ...]:
    """The same attempts with all that there is to read about them."""
    return tuple(explained(store, row["attempt_id"]) for row in records.attempts)


def _row(attempt: Mapping[str, Any]) -> AttemptRow:
    plan = GatePlan.model_validate_json(attempt["plan_json"])
    if attempt["decision_json"] is None:
        return _broken_off(plan)
    decision = GateDecision.model_validate_json(attempt["decision_json"])
    return AttemptRow(
        attempt_id=plan.attempt_id,
        candidate_id=plan.candidate_id,
        verdict=decision.verdict,
        reason=decision.reason,
        effect=decision.effect,
        wins=decision.wins,
        losses=decision.losses,
        ties=decision.ties,
        missing=decision.missing,
        used=decision.examples_used,
        planned=plan.n,
        alpha=decision.alpha,
        regressions=decision.regressions,
    )


def _broken_off(plan: GatePlan) -> AttemptRow:
    """What is known of an attempt that was killed: its share is spent all the same."""
    return AttemptRow(
        attempt_id=plan.attempt_id,
        candidate_id=plan.candidate_id,
        verdict="INDECISIVE",
        reason=BROKEN_OFF,
        effect=None,
        wins=0,
        losses=0,
        ties=0,
        missing=0,
        used=0,
        planned=plan.n,
        alpha=plan.alpha,
        regressions=(),
    )
