"""The promotion gate: one frozen candidate, one registered plan, one decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evo.gate.certificate import JudgeCertificate, check_certificate
from evo.gate.decision import GateDecision
from evo.gate.evidence import RegressionEvidence
from evo.gate.ladder import certify_by_identity, certify_by_measurement, same_rendering
from evo.gate.pair import Measure
from evo.gate.plan import GatePlan, check_suite
from evo.gate.sequential import run_superiority
from evo.gate.verdict import decide, fall_back, refuse
from fitness.scorers import is_judge
from fitness.suites import Example, Role, Suite
from genomes import Genome, render
from genomes.errors import IntegrityError


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
) -> GateDecision:
    """Runs a planned attempt and decides.

    Order: identity of the regression suites (free), the gain on fresh pairs, then the suites
    that have to be measured, and those only if the gain was shown.

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

    Raises:
        IntegrityError: Genomes or suites are not those of the plan, a genome shows examples
            of the gate as demonstrations, or a judge without a good certificate would decide.
        DataError: A suite or an outcome is unusable.
    """
    examples = _planned_examples(plan, suites)
    _check_genomes(plan, champion, candidate)
    _check_fallback(plan, candidate, fallback)
    check_certificate(judge, suites)
    register(plan)
    decision = _carried_out(plan, champion, candidate, examples, measure, stateless, fallback)
    judged = any(is_judge(suite.scorer) for suite in suites)
    return decision.model_copy(update={"judge": judge}) if judged else decision


def _carried_out(
    plan: GatePlan,
    champion: Genome,
    candidate: Genome,
    examples: Mapping[str, Mapping[str, Example]],
    measure: Measure,
    stateless: bool,
    fallback: Genome | None,
) -> GateDecision:
    if plan.candidate_id == plan.champion_id:
        return refuse(plan, "the candidate is the champion: there is no change to judge")
    if stateless and same_rendering(champion, candidate, plan.domain):
        return refuse(plan, f"the candidate changes nothing in domain {plan.domain!r}")
    known = certify_by_identity(plan, champion, candidate) if stateless else ()
    gain = run_superiority(plan, champion, candidate, examples[plan.suite], measure)
    if gain.end != "crossed":
        return decide(plan, gain, known)
    done = {evidence.suite for evidence in known}
    rest = [part for part in plan.regressions if part.suite not in done]
    found = certify_by_measurement(plan, champion, candidate, rest, examples, measure)
    whole = decide(plan, gain, _in_order(plan, (*known, *found)))
    if whole.promoted or fallback is None or not stateless:
        return whole
    limited = decide(plan, gain, certify_by_identity(plan, champion, fallback))
    return fall_back(plan, whole, limited, fallback.id) if limited.promoted else whole


def _in_order(
    plan: GatePlan, found: Sequence[RegressionEvidence]
) -> tuple[RegressionEvidence, ...]:
    place = {part.suite: index for index, part in enumerate(plan.regressions)}
    return tuple(sorted(found, key=lambda evidence: place[evidence.suite]))


def _planned_examples(plan: GatePlan, suites: Sequence[Suite]) -> dict[str, Mapping[str, Example]]:
    wanted: list[tuple[str, str, Role]] = [(plan.suite, plan.shard_hash, "gate")]
    wanted += [(part.suite, part.hash, "regression") for part in plan.regressions]
    given = {suite.name: suite for suite in suites}
    examples: dict[str, Mapping[str, Example]] = {}
    for name, digest, role in wanted:
        suite = given.get(name)
        if suite is None or suite.hash != digest:
            state = "is missing" if suite is None else "has changed"
            raise IntegrityError(
                f"suite {name!r} {state} since the plan was made",
                where=f"attempt {plan.attempt_id}",
                remedy="make a new plan; a plan holds for the data it names",
            )
        check_suite(suite, role)
        examples[name] = {example.id: example for example in suite}
    return examples


def _check_genomes(plan: GatePlan, champion: Genome, candidate: Genome) -> None:
    for who, genome, planned in (
        ("champion", champion, plan.champion_id),
        ("candidate", candidate, plan.candidate_id),
    ):
        if genome.id != planned:
            raise IntegrityError(
                f"the {who} is {genome.id[:12]}, the plan names {planned[:12]}",
                where=f"attempt {plan.attempt_id}",
                remedy="a candidate is frozen; make a new plan for another genome",
            )
    if champion.domains != candidate.domains:
        raise IntegrityError(
            "champion and candidate have different domains",
            where=f"attempt {plan.attempt_id}",
            remedy="the host contract never evolves",
        )
    _check_demonstrations(plan, candidate)


def _check_fallback(plan: GatePlan, candidate: Genome, fallback: Genome | None) -> None:
    given = None if fallback is None else fallback.id
    if given != plan.fallback_id:
        raise IntegrityError(
            f"the fallback is {str(given)[:12]}, the plan names {str(plan.fallback_id)[:12]}",
            where=f"attempt {plan.attempt_id}",
        )
    if fallback is not None and not same_rendering(candidate, fallback, plan.domain):
        raise IntegrityError(
            f"the fallback differs from the candidate in domain {plan.domain!r}",
            where=f"attempt {plan.attempt_id}",
            remedy="what is shown for the candidate would not hold for it",
        )


def _check_demonstrations(plan: GatePlan, candidate: Genome) -> None:
    parts = [(plan.domain, plan.example_ids)]
    parts += [(part.domain, part.example_ids) for part in plan.regressions]
    for domain, ids in parts:
        shown = sorted(render(candidate, domain).excludes & set(ids))
        if shown:
            raise IntegrityError(
                f"the candidate shows examples that judge it: {', '.join(shown[:5])}",
                where=f"domain {domain!r}",
                remedy="demonstrations come from the search suites only",
            )
