"""The promotion gate: one frozen candidate, one registered plan, one decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evo.gate.admission import (
    check_fallback,
    check_genomes,
    planned_anchors,
    planned_examples,
)
from evo.gate.certificate import JudgeCertificate, check_certificate
from evo.gate.consistency import check_plan
from evo.gate.decision import GateDecision
from evo.gate.evidence import LimitEvidence, RegressionEvidence
from evo.gate.ladder import (
    Climb,
    certify_by_identity,
    certify_by_measurement,
    pool,
    same_rendering,
)
from evo.gate.limits import check_limits
from evo.gate.pair import Measure
from evo.gate.plan import GatePlan, RegressionPlan
from evo.gate.quality import judge_quality
from evo.gate.sequential import Superiority, run_superiority
from evo.gate.trial import Trial
from evo.gate.verdict import Findings, decide, fall_back, refuse
from fitness.budget import BudgetExhaustedError
from fitness.scorers import is_judge
from fitness.suites import Suite
from genomes import Genome, render


def run_gate(
    plan: GatePlan,
    champion: Genome,
    candidate: Genome,
    suites: Sequence[Suite],
    measure: Measure,
    *,
    stateless: bool,
    register: Callable[[GatePlan], None],
    fallback: Genome | None = None,
    judge: JudgeCertificate | None = None,
    anchors: Sequence[Genome] = (),
    again: Measure | None = None,
    answers: Measure | None = None,
) -> GateDecision:
    """Runs a planned attempt and decides.

    Order: identity of the regression suites (free), the gain on fresh pairs with quality and
    limits on the same pairs, then the suites that have to be measured, and those only if all of
    that held: critical examples first, then suite by suite, then the pool. The planned fallback
    comes last. Where the budget runs out the attempt ends INDECISIVE.

    Args:
        plan: From ``make_plan``.
        champion: Genome in force.
        candidate: Challenger; must be the planned one.
        suites: The planned shard and regression suites, in any order.
        measure: Measures one arm; both arms get the same examples.
        stateless: Whether the agent declares that equal rendering means equal behaviour.
        register: Writes the plan down; called once, before anything is measured.
        fallback: The planned fallback, where there is one.
        judge: Certificate of the judge that measures; kept with the decision where a suite of
            the plan is scored by a judge.
        anchors: At least the genomes of ``plan.anchor_ids``.
        again: Measures one arm once more, with answers of its own: a lost critical example counts
            only if it is lost twice. Without it, once is enough.
        answers: Measures one arm without asking a judge: what a plan may compare first.

    Raises:
        IntegrityError: Genomes or suites are not those of the plan, the plan contradicts itself,
            a genome shows examples of the gate as demonstrations, or a judge without a good
            certificate would decide.
        DataError: A suite or an outcome is unusable.
    """
    examples = planned_examples(plan, suites)
    check_plan(plan, {suite.name: suite for suite in suites})
    check_genomes(plan, champion, candidate)
    check_fallback(plan, candidate, fallback)
    named = planned_anchors(plan, anchors)
    check_certificate(judge, suites)
    register(plan)
    trial = Trial(plan, champion, candidate, examples, measure, again, answers, named)
    decision = _carried_out(trial, stateless, fallback)
    judged = any(is_judge(suite.scorer) for suite in suites)
    return decision.model_copy(update={"judge": judge}) if judged else decision


def _carried_out(trial: Trial, stateless: bool, fallback: Genome | None) -> GateDecision:
    plan, champion, candidate = trial.plan, trial.champion, trial.candidate
    if plan.candidate_id == plan.champion_id:
        return refuse(plan, "the candidate is the champion: there is no change to judge")
    if stateless and same_rendering(champion, candidate, plan.domain):
        return refuse(plan, f"the candidate changes nothing in domain {plan.domain!r}")
    known = certify_by_identity(plan, champion, candidate) if stateless else ()
    own = _on_its_own_pairs(trial, run_superiority(trial), known)
    if not own.held:
        return decide(plan, own)
    rest = _without(plan, known)
    climb = certify_by_measurement(trial, rest)
    whole = decide(plan, _with(plan, own, known, climb))
    if whole.promoted or fallback is None or not stateless:
        return whole
    limited = decide(plan, _limited(trial, own, climb, fallback))
    return fall_back(plan, whole, limited, fallback.id) if limited.promoted else whole


def _on_its_own_pairs(
    trial: Trial, gain: Superiority, known: Sequence[RegressionEvidence]
) -> Findings:
    """What the gate's pairs say beside the gain: quality where the cost is primary, and limits."""
    found = Findings(gain, tuple(known))
    if gain.end == "crossed" and trial.plan.primary == "cost":
        try:
            found = found.having(quality=judge_quality(trial, gain.pairs))
        except BudgetExhaustedError as error:
            found = found.having(broken=error.what)
    return found.having(limits=_limits(trial, gain)) if gain.end == "crossed" else found


def _limits(trial: Trial, gain: Superiority) -> tuple[LimitEvidence, ...]:
    plan = trial.plan
    return check_limits(
        plan.limits,
        gain.outcomes,
        [pair.cluster for pair in gain.pairs] if plan.clustered else None,
        length=render(trial.candidate, plan.domain).length,
        coverage=plan.coverage,
    )


def _limited(trial: Trial, own: Findings, climb: Climb, fallback: Genome) -> Findings:
    """Findings on the fallback: unchanged elsewhere, and in its domain what the candidate is."""
    plan = trial.plan
    known = certify_by_identity(plan, trial.champion, fallback)
    shared = [
        part
        for part in _without(plan, known)
        if same_rendering(trial.candidate, fallback, part.domain)
    ]
    names = {part.suite for part in shared}
    found = tuple(one for one in climb.found if one[0].suite in names)
    left = [part for part in shared if part.suite not in {one.suite for one, _ in found}]
    more = certify_by_measurement(trial, left) if left and not climb.broken else Climb()
    return _with(plan, own, known, Climb((*found, *more.found), climb.broken or more.broken))


def _with(
    plan: GatePlan, own: Findings, known: Sequence[RegressionEvidence], climb: Climb
) -> Findings:
    place = {part.suite: index for index, part in enumerate(plan.regressions)}
    rows = sorted((*known, *climb.evidence), key=lambda evidence: place[evidence.suite])
    whole = all(evidence.passed for evidence in rows)
    broken = "while a regression suite was measured" if climb.broken else own.broken
    pooled = pool(plan, plan.regressions, climb.found) if whole else None
    return own.having(regressions=tuple(rows), pool=pooled, broken=broken)


def _without(plan: GatePlan, known: Sequence[RegressionEvidence]) -> list[RegressionPlan]:
    done = {evidence.suite for evidence in known}
    return [part for part in plan.regressions if part.suite not in done]
