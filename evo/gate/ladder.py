"""Non-inferiority on every regression suite, the cheapest proof first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evo.gate.disagreement import Disagreement, differing, disagree
from evo.gate.evidence import Comparison, RegressionEvidence, Rung, SuiteStatus
from evo.gate.must_pass import Critical, lost_pairs, weigh
from evo.gate.noninferior import Terms, compare
from evo.gate.pair import Measure, Pair
from evo.gate.plan import GatePlan, RegressionPlan
from evo.gate.trial import Trial
from fitness.budget import BudgetExhaustedError
from genomes import Genome, render

_WORST_FIRST: tuple[SuiteStatus, ...] = ("lost", "uncovered", "underpowered", "certified")

Measured = tuple[RegressionEvidence, tuple[Pair, ...]]
"""Evidence on a suite with its scored pairs; no pairs where none were scored."""


class Climb(NamedTuple):
    """What the rungs above identity gave.

    Attributes:
        found: Suites in order, up to the first loss.
        broken: Whether the budget ran out before the end.
    """

    found: tuple[Measured, ...] = ()
    broken: bool = False

    @property
    def evidence(self) -> tuple[RegressionEvidence, ...]:
        """Without the pairs."""
        return tuple(one for one, _ in self.found)


class _Known(NamedTuple):
    """Critical pairs of a suite, and what they show."""

    pairs: tuple[Pair, ...]
    critical: Critical


def same_rendering(champion: Genome, candidate: Genome, domain: str) -> bool:
    """Whether both genomes make an agent do exactly the same in a domain."""
    old, new = render(champion, domain), render(candidate, domain)
    return old.call_hash == new.call_hash and old.reading_hash == new.reading_hash


def certify_by_identity(
    plan: GatePlan, champion: Genome, candidate: Genome
) -> tuple[RegressionEvidence, ...]:
    """First rung: suites of domains in which nothing changed. Costs no call.

    Valid only for a stateless agent, whose answers depend on the rendering and the example alone.
    What leaves a domain as it is cannot creep there, so no anchor is asked.
    """
    return tuple(
        RegressionEvidence(
            suite=part.suite,
            domain=part.domain,
            rung="identity",
            status="certified",
            margin=plan.regression_margin,
            reason=f"{part.suite}: rendered byte-identically, nothing to measure",
            content=part.hash,
        )
        for part in plan.regressions
        if same_rendering(champion, candidate, part.domain)
    )


def certify_by_measurement(trial: Trial, parts: Sequence[RegressionPlan]) -> Climb:
    """The other rungs; stops at the first loss, and where the budget ends.

    Critical examples of all suites come first: they are few, and one confirmed loss decides. Then,
    suite by suite, the bound on disagreement where answers are compared first, the suite's own
    test, and the same test against the anchor.

    Args:
        trial: The attempt.
        parts: Suites that identity did not certify.
    """
    found: list[Measured] = []
    known: dict[str, _Known] = {}
    # Where answers are compared first, only critical examples that differ need a score.
    first = [part for part in parts if part.must_pass and not _by_answers(trial, part)]
    for part, critical_only in ((one, rest) for rest, some in ((True, first), (False, parts))
                                for one in some):  # fmt: skip
        try:
            if critical_only:
                known[part.suite] = _critical(trial, part, part.must_pass)
                if not known[part.suite].critical.lost:
                    continue
            found.append(_suite(trial, part, known.get(part.suite)))
        except BudgetExhaustedError as error:
            return Climb((*found, (_broken(trial.plan, part, error), ())), broken=True)
        if found[-1][0].status == "lost":
            break
    return Climb(tuple(found))


def pool(
    plan: GatePlan, parts: Sequence[RegressionPlan], found: Sequence[Measured]
) -> Comparison | None:
    """All scored suites together, at the tighter margin; ``None`` where the plan asks for no such
    test, or there are fewer than two."""
    known = {part.suite: part for part in parts}
    groups = [(known[one.suite], pairs) for one, pairs in found if pairs]
    if plan.pool_margin is None or len(groups) < 2:
        return None
    terms = Terms(
        name="all measured suites together",
        against=plan.champion_id,
        pass_fail=all(part.test == "sign" for part, _ in groups),
        margin=plan.pool_margin,
        level=plan.regression_alpha,
        loss_level=plan.loss_alpha,
        coverage=plan.coverage,
    )
    return compare(terms, *((pairs, part.clustered) for part, pairs in groups))


def _by_answers(trial: Trial, part: RegressionPlan) -> bool:
    return part.answers_first and trial.answers is not None


def _suite(trial: Trial, part: RegressionPlan, known: _Known | None) -> Measured:
    """One suite, by the cheapest rung that decides."""
    plan, compared = trial.plan, _compare_answers(trial, part)
    if known is None:
        ids = part.must_pass if compared is None else compared.critical
        known = _critical(trial, part, ids)
    if known.critical.lost:
        return _critically_lost(plan, part, known.critical), ()
    if compared is not None and compared.certified and not known.critical.missing:
        return _few_differ(plan, part, compared.champion, known.critical), ()
    return _scored(trial, part, known, compared)


class _Compared(NamedTuple):
    """What answers show before they are scored.

    Attributes:
        champion: Disagreement with the champion.
        certified: Whether it is small enough, and that with the anchor as well.
        critical: Critical examples whose answers differ.
    """

    champion: Disagreement
    certified: bool
    critical: tuple[str, ...]


def _compare_answers(trial: Trial, part: RegressionPlan) -> _Compared | None:
    """``None`` where answers are not compared first, or there are none."""
    answers, plan = trial.answers, trial.plan
    if not part.answers_first or answers is None or not part.example_ids:
        return None
    others = [trial.champion]
    if part.anchor_id is not None:
        others.append(trial.anchors[part.anchor_id])
    beside = [_disagreement(trial, part, answers, other) for other in others]
    batch = trial.batch(part.suite, part.must_pass)
    critical = differing(batch, *(answers(one, part.domain, batch)
                                  for one in (trial.champion, trial.candidate)))  # fmt: skip
    certified = all(_certifies(plan, one) for one in beside)
    return _Compared(beside[0], certified, critical)


def _disagreement(
    trial: Trial, part: RegressionPlan, answers: Measure, other: Genome
) -> Disagreement:
    batch = trial.batch(part.suite, part.example_ids)
    old = answers(other, part.domain, batch)
    return disagree(trial.plan, part, batch, old, answers(trial.candidate, part.domain, batch))


def _certifies(plan: GatePlan, found: Disagreement) -> bool:
    measured = found.n - found.missing
    covered = measured > 0 and measured >= plan.coverage * found.n - 1e-9
    return covered and found.p <= plan.regression_alpha


def _critical(trial: Trial, part: RegressionPlan, ids: Sequence[str]) -> _Known:
    """Critical pairs, and what they show when the lost ones are asked once more."""
    margin = trial.plan.regression_margin
    first = trial.pairs(part, ids)
    lost = [pair.example_id for pair in lost_pairs(first, margin)]
    return _Known(first, weigh(first, trial.pairs_again(part, lost), margin))


def _scored(
    trial: Trial,
    part: RegressionPlan,
    known: _Known,
    compared: _Compared | None,
) -> Measured:
    """The suite's own test, and the anchor's, on what was planned for it."""
    plan, (first, critical) = trial.plan, known
    seen = {pair.example_id: pair for pair in first}
    rest = trial.pairs(part, [name for name in part.example_ids if name not in seen])
    seen |= {pair.example_id: pair for pair in rest}
    pairs = tuple(seen[name] for name in part.example_ids)
    found = compare(_terms(plan, part, None), (pairs, part.clustered))
    anchor: Comparison | None = None
    if part.anchor_id is not None and found.passed:
        both = trial.anchor_pairs(part, part.anchor_id, pairs)
        anchor = compare(_terms(plan, part, part.anchor_id), (both, part.clustered))
    differ = None if compared is None else len(compared.champion.ids)
    return _evidence(plan, part, found, anchor, critical, differ), pairs


def _terms(plan: GatePlan, part: RegressionPlan, anchor_id: str | None) -> Terms:
    beside = "" if anchor_id is None else f" beside the best version {anchor_id[:12]}"
    return Terms(
        name=f"{part.suite}{beside}",
        against=anchor_id or plan.champion_id,
        pass_fail=part.test == "sign",
        margin=plan.regression_margin,
        level=plan.regression_alpha,
        loss_level=plan.loss_alpha,
        coverage=plan.coverage,
        # A champion may be behind the anchor within the margin; what is not worse still may pass.
        forgiving=anchor_id is not None,
    )


def _evidence(
    plan: GatePlan,
    part: RegressionPlan,
    found: Comparison,
    anchor: Comparison | None,
    critical: Critical,
    differ: int | None,
) -> RegressionEvidence:
    rung: Rung = "score_test" if part.test == "sign" else "eprocess"
    status, reasons = found.status, [found.reason]
    if anchor is not None:
        status = min(status, anchor.status, key=_WORST_FIRST.index)
        reasons.append(anchor.reason)
    if critical.missing:
        status = min(status, "uncovered", key=_WORST_FIRST.index)
        reasons.append(f"critical examples were not measured: {_named(critical.missing)}")
    return RegressionEvidence(
        suite=part.suite,
        domain=part.domain,
        rung=rung,
        status=status,
        wins=found.wins,
        losses=found.losses,
        ties=found.ties,
        missing=found.missing,
        n=found.n,
        margin=plan.regression_margin,
        noninferiority_p=found.noninferiority_p,
        loss_p=found.loss_p,
        bound=found.bound,
        reason="; ".join(reasons),
        content=part.hash,
        estimate=found.estimate,
        disagreements=differ,
        must_pass=len(part.must_pass),
        must_pass_dismissed=critical.dismissed,
        anchor=anchor,
    )


def _few_differ(
    plan: GatePlan, part: RegressionPlan, found: Disagreement, critical: Critical
) -> RegressionEvidence:
    return RegressionEvidence(
        suite=part.suite,
        domain=part.domain,
        rung="disagreement",
        status="certified",
        missing=found.missing,
        n=found.n,
        margin=plan.regression_margin,
        noninferiority_p=found.p,
        reason=f"{part.suite}: only {len(found.ids)} of {found.n} answers differ, which excludes "
        f"a loss of {plan.regression_margin:.1%} (p {found.p:.3f}); nothing was scored",
        content=part.hash,
        disagreements=len(found.ids),
        must_pass=len(part.must_pass),
        must_pass_dismissed=critical.dismissed,
    )


def _critically_lost(
    plan: GatePlan, part: RegressionPlan, critical: Critical
) -> RegressionEvidence:
    return RegressionEvidence(
        suite=part.suite,
        domain=part.domain,
        rung="must_pass",
        status="lost",
        losses=len(critical.lost),
        missing=len(critical.missing),
        n=len(part.must_pass),
        margin=plan.regression_margin,
        reason=f"{part.suite}: critical examples were lost: {_named(critical.lost)}",
        content=part.hash,
        must_pass=len(part.must_pass),
        must_pass_lost=critical.lost,
        must_pass_dismissed=critical.dismissed,
    )


def _broken(
    plan: GatePlan, part: RegressionPlan, error: BudgetExhaustedError
) -> RegressionEvidence:
    return RegressionEvidence(
        suite=part.suite,
        domain=part.domain,
        rung="score_test" if part.test == "sign" else "eprocess",
        status="uncovered",
        n=len(part.example_ids),
        margin=plan.regression_margin,
        reason=f"{part.suite}: the budget ran out ({error.what})",
        content=part.hash,
    )


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"{', '.join(ids[:3])}{more}"
