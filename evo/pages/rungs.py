"""What a candidate had to climb beside its gain, as rows of one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evo.gate.evidence import Comparison, LimitEvidence, RegressionEvidence
from evo.gate.explain import Explanation
from evo.gate.limits import LimitPlan

_PASSED = ("certified", "kept")
_FAILED = ("lost", "broken")


@dataclass(frozen=True)
class RungRow:
    """One thing that had to hold.

    Attributes:
        what: The suite, ``critical of SUITE``, ``SUITE beside best``, ``quality``, ``pool`` or the
            limit.
        rung: What decided: ``identity``, ``disagreement``, ``must_pass``, ``score_test``,
            ``eprocess``, ``limit``; ``None`` if it was not reached.
        status: ``certified``, ``kept``, ``lost``, ``broken``, ``underpowered``, ``unproven``,
            ``uncovered``, ``unknown`` or ``not reached``.
        n: Pairs or examples; ``None`` where nothing is measured.
        won: Pairs won; ``None`` where nothing is counted.
        lost: Pairs lost.
        missing: Pairs missing.
        margin: Loss to exclude, or the limit itself.
        p: p-value of "worse by the margin or more".
        bound: Lower confidence bound of the difference, or the bound of the mean that has to keep
            the limit.
        reason: One sentence.
    """

    what: str
    rung: str | None
    status: str
    n: int | None = None
    won: int | None = None
    lost: int | None = None
    missing: int | None = None
    margin: float | None = None
    p: float | None = None
    bound: float | None = None
    reason: str = ""

    @property
    def tone(self) -> str:
        """``good``, ``bad`` or ``warn``."""
        return "good" if self.status in _PASSED else "bad" if self.status in _FAILED else "warn"


def rung_rows(found: Explanation) -> tuple[RungRow, ...]:
    """All that the plan asked for beside the gain, in the order in which it was asked."""
    return tuple(_rows(found))


def _rows(found: Explanation) -> Iterator[RungRow]:
    plan, decision = found.plan, found.decision
    quality = () if decision is None else decision.quality
    for one in quality:
        beside = "quality" if one.against == plan.champion_id else "quality beside best"
        yield _comparison(beside, one, "score_test" if plan.test == "sign" else "eprocess")
    if plan.primary == "cost" and not quality:
        yield RungRow("quality", None, "not reached", margin=plan.quality_margin)
    kept = {} if decision is None else {one.objective: one for one in decision.limits}
    for limit in plan.limits:
        yield from _limit(limit, kept.get(limit.objective))
    seen = {} if decision is None else {one.suite: one for one in decision.regressions}
    for part in plan.regressions:
        yield from _suite(part.suite, plan.regression_margin, seen.get(part.suite))
    pool = None if decision is None else decision.pool
    if pool is not None:
        graded = any(part.test == "eprocess" for part in plan.regressions)
        yield _comparison("pool", pool, "eprocess" if graded else "score_test")
    elif plan.pool_margin is not None:
        yield RungRow("pool", None, "not reached", margin=plan.pool_margin)
    for against in () if decision is None else decision.unscoped:
        if not against.passed:
            yield from _suite(against.suite, against.margin, against, "whole candidate: ")


def _suite(
    name: str, margin: float, row: RegressionEvidence | None, mark: str = ""
) -> Iterator[RungRow]:
    if row is None:
        yield RungRow(name, None, "not reached", margin=margin)
        return
    if row.must_pass and row.rung != "must_pass":
        again = len(row.must_pass_dismissed)
        said = f"{again} lost at first and not again" if again else ""
        held = "uncovered" if row.status == "uncovered" else "kept"
        yield RungRow(f"{mark}critical of {name}", "must_pass", held, n=row.must_pass,
                      lost=0, reason=said)  # fmt: skip
    scored = row.rung in ("score_test", "eprocess")
    yield RungRow(
        f"{mark}{name}",
        row.rung,
        row.status,
        n=row.n or None,
        won=row.wins if scored else None,
        lost=row.losses if scored or row.rung == "must_pass" else row.disagreements,
        missing=row.missing if row.n else None,
        margin=row.margin,
        p=row.noninferiority_p,
        bound=row.bound,
        reason=row.reason,
    )
    if row.anchor is not None:
        yield _comparison(f"{mark}{name} beside best", row.anchor, row.rung)


def _comparison(name: str, row: Comparison, rung: str) -> RungRow:
    return RungRow(
        name,
        rung,
        row.status,
        n=row.n,
        won=row.wins,
        lost=row.losses,
        missing=row.missing,
        margin=row.margin,
        p=row.noninferiority_p,
        bound=row.bound,
        reason=row.reason,
    )


def _limit(plan: LimitPlan, row: LimitEvidence | None) -> Iterator[RungRow]:
    for word, limit in (("ceiling", plan.ceiling), ("floor", plan.floor)):
        if limit is None:
            continue
        name = f"{plan.objective} {word}"
        if row is None:
            yield RungRow(name, None, "not reached", margin=limit)
            continue
        bound = row.high if word == "ceiling" else row.low
        yield RungRow(name, "limit", row.status, n=row.n, margin=limit, bound=bound,
                      reason=row.reason)  # fmt: skip
