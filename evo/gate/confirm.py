"""A stored decision is derived once more before anything rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from evo.gate.decision import GateDecision
from evo.gate.evidence import Comparison, RegressionEvidence
from evo.gate.pair import tally
from evo.gate.plan import GatePlan
from evo.gate.sequential import Superiority, replay
from evo.gate.verdict import Findings, judge
from fitness.stats import score_test
from genomes.errors import DataError, IntegrityError

_ROUNDING = 1e-9


def confirm(plan: Mapping[str, Any] | None, decision: Mapping[str, Any]) -> None:
    """Whether a PROMOTE follows from its plan and its pairs; what a hand has written does not.

    The looks are replayed, the verdict is judged again, and what was certified is held against
    its own counts and levels. Scores that were invented with consistent pairs cannot be told.

    Args:
        plan: The registered plan as JSON content.
        decision: The decision as JSON content.

    Raises:
        IntegrityError: It does not follow, with the reason.
    """
    try:
        planned = GatePlan.model_validate(plan)
        found = GateDecision.model_validate(decision)
    except ValidationError as error:
        raise _refused("plan or decision is none of the gate's") from error
    for problem in _problems(planned, found):
        raise _refused(problem)


def _refused(problem: str) -> IntegrityError:
    return IntegrityError(
        f"the decision does not follow from its evidence: {problem}",
        remedy="only what the gate decided is put in force; let a new run try the candidate",
    )


def _problems(plan: GatePlan, found: GateDecision) -> Iterator[str]:
    if found.plan_hash != plan.hash:
        yield "it names another plan"
    for name in ("attempt_id", "candidate_id", "champion_id", "alpha"):
        if getattr(found, name) != getattr(plan, name):
            yield f"its {name} is not the plan's"
    if found.promoted_id is None or found.promoted_id not in (plan.candidate_id, plan.fallback_id):
        yield "what it promotes was not planned"
    yield from _gain(plan, found)
    yield from _certificates(plan, found)


def _gain(plan: GatePlan, found: GateDecision) -> Iterator[str]:
    counts = tally(found.pairs)
    if counts != (found.wins, found.losses, found.ties, found.missing):
        yield "its counts are not those of its pairs"
    try:
        looks, end = replay(plan, found.pairs)
    except DataError as error:
        raise _refused(error.what) from error
    trail = [(one.examples, one.wins, one.losses, one.missing) for one in found.looks]
    if [(one.examples, one.wins, one.losses, one.missing) for one in looks] != trail:
        yield "its looks are not those of its pairs"
    findings = Findings(
        Superiority(end, looks, found.pairs),
        found.regressions,
        found.quality,
        found.limits,
        found.pool,
        "the budget ran out" if found.broken_off else "",
    )
    verdict, why = judge(plan, findings)
    if verdict != found.verdict:
        yield f"its verdict is {verdict}: {why}"


def _certificates(plan: GatePlan, found: GateDecision) -> Iterator[str]:
    known = {part.suite: part for part in plan.regressions}
    for row in found.regressions:
        part = known.get(row.suite)
        if part is None or row.content not in (None, part.hash):
            yield f"suite {row.suite!r} was not planned"
        elif row.rung != "identity" and not _certified(row, plan.regression_alpha):
            yield f"{row.suite} is not certified by its own figures"
        elif row.rung == "score_test" and not _counted(row, plan.regression_margin):
            yield f"{row.suite} has other counts than its p-value"
    compared = [(row.anchor, plan.regression_alpha) for row in found.regressions]
    compared += [(found.pool, plan.regression_alpha), *((one, plan.alpha) for one in found.quality)]
    for one, level in compared:
        if one is not None and not _certified(one, level):
            yield f"{one.reason.partition(':')[0]} is not certified by its own figures"


def _certified(row: RegressionEvidence | Comparison, level: float) -> bool:
    return row.noninferiority_p is not None and row.noninferiority_p <= level


def _counted(row: RegressionEvidence, margin: float) -> bool:
    p = score_test(row.wins, row.losses + row.missing, row.n, margin)
    return row.noninferiority_p is not None and abs(p - row.noninferiority_p) < _ROUNDING
