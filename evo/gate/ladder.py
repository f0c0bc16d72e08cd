"""Non-inferiority on every regression suite, the cheapest proof first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evo.gate.evidence import RegressionEvidence, Rung, SuiteStatus
from evo.gate.pair import Measure, Pair, measure_pairs, unit_means
from evo.gate.plan import GatePlan, RegressionPlan
from fitness.stats import anytime_p, confidence_bounds, score_test, sign_test, tango
from fitness.suites import Example
from genomes import Genome, render
from genomes.errors import DataError


def same_rendering(champion: Genome, candidate: Genome, domain: str) -> bool:
    """Whether both genomes make an agent do exactly the same in a domain."""
    old, new = render(champion, domain), render(candidate, domain)
    return old.call_hash == new.call_hash and old.reading_hash == new.reading_hash


def certify_by_identity(
    plan: GatePlan, champion: Genome, candidate: Genome
) -> tuple[RegressionEvidence, ...]:
    """First rung: suites of domains in which nothing changed. Costs no call.

    Valid only for a stateless agent, whose answers depend on the rendering and the example alone.
    """
    return tuple(
        RegressionEvidence(
            suite=part.suite,
            domain=part.domain,
            rung="identity",
            status="certified",
            margin=plan.regression_margin,
            reason=f"{part.suite}: rendered byte-identically, nothing to measure",
        )
        for part in plan.regressions
        if same_rendering(champion, candidate, part.domain)
    )


def certify_by_measurement(
    plan: GatePlan,
    champion: Genome,
    candidate: Genome,
    parts: Sequence[RegressionPlan],
    examples: Mapping[str, Mapping[str, Example]],
    measure: Measure,
) -> tuple[RegressionEvidence, ...]:
    """Second rung: paired measurement of each suite; stops at the first loss.

    Args:
        plan: The registered plan.
        champion: Genome in force.
        candidate: Challenger.
        parts: Suites that identity did not certify.
        examples: Suite name to example id to example.
        measure: Measures an arm.
    """
    found: list[RegressionEvidence] = []
    for part in parts:
        batch = [examples[part.suite][name] for name in part.example_ids]
        pairs = measure_pairs(measure, champion, candidate, part.domain, batch) if batch else ()
        found.append(judge_suite(plan, part, pairs))
        if found[-1].status == "lost":
            break
    return tuple(found)


def judge_suite(plan: GatePlan, part: RegressionPlan, pairs: Sequence[Pair]) -> RegressionEvidence:
    """Certified, lost, underpowered or uncovered; a pure function of the pairs.

    The veto counts measured losses only; the certificate counts a missing pair as a loss.
    """
    measured = [pair for pair in pairs if not pair.missing]
    wins, losses = sum(p.won for p in measured), sum(p.lost for p in measured)
    missing = len(pairs) - len(measured)
    if part.test == "sign":
        _check_pass_fail(part, pairs)
        certificate, bound = _certify_proportions(plan, wins, losses + missing, len(pairs))
        loss = sign_test(losses, wins)
    else:
        certificate, bound = _certify_mean(plan, part, pairs)
        loss = anytime_p(-unit_means(measured, clustered=part.clustered))
    status = _status(plan, certificate, loss, len(measured), len(pairs))
    return RegressionEvidence(
        suite=part.suite,
        domain=part.domain,
        rung=_rung(part),
        status=status,
        wins=wins,
        losses=losses,
        ties=len(measured) - wins - losses,
        missing=missing,
        n=len(pairs),
        margin=plan.regression_margin,
        noninferiority_p=certificate,
        loss_p=loss,
        bound=bound,
        reason=_reason(plan, part, status, (wins, losses, len(pairs)), (certificate, loss), bound),
    )


def _rung(part: RegressionPlan) -> Rung:
    return "score_test" if part.test == "sign" else "eprocess"


def _certify_proportions(plan: GatePlan, wins: int, losses: int, n: int) -> tuple[float, float]:
    level = 1.0 - 2.0 * plan.regression_alpha
    p = score_test(wins, losses, n, plan.regression_margin)
    return p, tango(wins, losses, n, level).low


def _certify_mean(
    plan: GatePlan, part: RegressionPlan, pairs: Sequence[Pair]
) -> tuple[float, float]:
    units = unit_means(pairs, clustered=part.clustered)
    bound, _ = confidence_bounds(units, plan.regression_alpha)
    return anytime_p(units, -plan.regression_margin), bound


def _status(plan: GatePlan, certificate: float, loss: float, measured: int, n: int) -> SuiteStatus:
    if measured and loss <= plan.loss_alpha:
        return "lost"
    if measured < plan.coverage * n - 1e-9 or measured == 0:
        return "uncovered"
    return "certified" if certificate <= plan.regression_alpha else "underpowered"


def _reason(
    plan: GatePlan,
    part: RegressionPlan,
    status: SuiteStatus,
    counts: tuple[int, int, int],
    p_values: tuple[float, float],
    bound: float,
) -> str:
    wins, losses, n = counts
    margin = plan.regression_margin
    said = {
        "certified": f"no loss of {margin:.1%} or more (p {p_values[0]:.3f})",
        "lost": f"a significant loss (p {p_values[1]:.3f})",
        "underpowered": f"a loss of {margin:.1%} is not excluded, only one above {-bound:.1%}",
        "uncovered": "too few pairs were measured",
    }
    return f"{part.suite}: {said[status]}, {wins} won and {losses} lost of {n}"


def _check_pass_fail(part: RegressionPlan, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        if not {pair.champion, pair.candidate} <= {None, 0.0, 1.0}:
            raise DataError(
                f"example {pair.example_id!r} has a graded score where pass or fail was planned",
                where=f"suite {part.suite!r}",
                remedy="declare the suite's scorer as one that grades",
            )
