"""A stored decision as a person reads it: pure functions of what the ledger holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from evo.gate.attempt import AttemptRecord
from evo.gate.config import GateConfig
from evo.gate.course import CoursePoint, course_of
from evo.gate.decision import GateDecision
from evo.gate.more import More, what_more_decides
from evo.gate.plan import GatePlan
from evo.gate.preflight import spent
from fitness.stats import attempts_left, next_share

BROKEN_OFF = "broken off before its decision; its share of the error budget is spent"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorBudget(_Record):
    """The error budget of a lineage as it stood when an attempt had ended.

    Attributes:
        lineage: Whose.
        attempt: Attempts of the lineage that have used a share, this one included.
        alpha: Probability that the whole lineage promotes anything without a gain.
        attempts: Attempts that share it.
        share: What this attempt used.
        used: Sum of the shares of attempts that did not promote; those of the others pass on.
        left: Attempts with a share of their own that remained.
        next_share: Share of the next attempt; 0 if none was left.
    """

    lineage: str
    attempt: int
    alpha: float
    attempts: int
    share: float
    used: float
    left: int
    next_share: float


class Explanation(_Record):
    """All that there is to read about an attempt.

    Attributes:
        run_id: Its run.
        registered: When its plan was written down, UTC.
        plan: The plan, without the lists of examples.
        plan_hash: Hash of the whole plan.
        decision: The decision, without pairs and looks; ``None`` if it broke off.
        verdict: How it ended.
        reason: Why, with the numbers.
        used: Gate examples used.
        course: The gain with its interval at each look.
        not_reached: Regression suites that were not looked at, because something before did not
            hold.
        budget: The error budget after it.
        more: What more examples could decide.
    """

    run_id: str
    registered: str | None
    plan: GatePlan
    plan_hash: str
    decision: GateDecision | None
    verdict: str
    reason: str
    used: int
    course: tuple[CoursePoint, ...]
    not_reached: tuple[str, ...]
    budget: ErrorBudget
    more: tuple[More, ...]


def explain(
    row: Mapping[str, Any],
    history: Sequence[AttemptRecord],
    config: GateConfig,
) -> Explanation:
    """Reads one attempt.

    Args:
        row: Its line of the ledger, as from the store's ``attempts``.
        history: All attempts of the workspace up to this one, oldest first.
        config: The thresholds of its run; only the error budget is taken from them.
    """
    plan = GatePlan.model_validate_json(row["plan_json"])
    text = row["decision_json"]
    decision = None if text is None else GateDecision.model_validate_json(text)
    budget = error_budget(row["lineage"], history, config)
    seen = set() if decision is None else {one.suite for one in decision.regressions}
    return Explanation(
        run_id=row["run_id"],
        registered=row.get("registered"),
        plan=plan,
        plan_hash=plan.hash,
        decision=decision,
        verdict="INDECISIVE" if decision is None else decision.verdict,
        reason=BROKEN_OFF if decision is None else decision.reason,
        used=0 if decision is None else decision.examples_used,
        course=() if decision is None else course_of(plan, decision.looks, decision.pairs),
        not_reached=tuple(one.suite for one in plan.regressions if one.suite not in seen),
        budget=budget,
        more=() if decision is None else what_more_decides(plan, decision, budget.next_share),
    )


def error_budget(lineage: str, history: Sequence[AttemptRecord], config: GateConfig) -> ErrorBudget:
    """The budget after the last attempt of ``history``."""
    past = spent(history, lineage)
    return ErrorBudget(
        lineage=lineage,
        attempt=sum(one.alpha > 0.0 for one in past),
        alpha=config.alpha,
        attempts=config.attempts_budget,
        share=past[-1].alpha if past else 0.0,
        used=sum(one.alpha for one in past if not one.promoted),
        left=attempts_left(past, config.attempts_budget),
        next_share=next_share(past, config.alpha, config.attempts_budget),
    )


_LISTS = {"example_ids", "example_keys"}


def as_json(found: Explanation) -> dict[str, Any]:
    """The explanation without what only an auditor needs: ids of examples, pairs, raw looks.

    The ids of gate examples belong to no output that a proposer might be shown.
    """
    content = found.model_dump(mode="json", exclude={"decision": {"pairs", "looks"}})
    plan = content["plan"]
    content["plan"] = {key: value for key, value in plan.items() if key not in _LISTS}
    content["plan"]["n"] = found.plan.n
    for part in content["plan"]["regressions"]:
        part["n"] = len(part.pop("example_ids"))
        part["must_pass"] = len(part.get("must_pass", ()))
    return content
