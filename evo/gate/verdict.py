"""From evidence to a verdict and one readable sentence; pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evo.gate.decision import GateDecision, Verdict
from evo.gate.estimates import detectable, estimate_effect, estimate_saving
from evo.gate.evidence import (
    Comparison,
    Effect,
    LimitEvidence,
    RegressionEvidence,
    Saving,
)
from evo.gate.pair import tally
from evo.gate.plan import GatePlan
from evo.gate.sequential import Superiority

# What more examples cannot mend goes first.
_VERDICTS: tuple[tuple[str, Verdict], ...] = (
    ("lost", "REJECT"),
    ("broken", "REJECT"),
    ("uncovered", "INDECISIVE"),
    ("unknown", "INDECISIVE"),
    ("underpowered", "HOLD"),
    ("unproven", "HOLD"),
)


@dataclass(frozen=True)
class Findings:
    """All that an attempt has found.

    Attributes:
        gain: How the test of the gain ended.
        regressions: Evidence of suites; of all planned ones if everything before held.
        quality: Where the cost is primary, whether the quality is not worse.
        limits: Evidence on hard limits.
        pool: All measured suites together.
        broken: Where the budget ran out; empty if it did not.
    """

    gain: Superiority
    regressions: tuple[RegressionEvidence, ...] = ()
    quality: tuple[Comparison, ...] = ()
    limits: tuple[LimitEvidence, ...] = ()
    pool: Comparison | None = None
    broken: str = ""

    def having(self, **more: Any) -> Findings:
        """The same with more found."""
        return replace(self, **more)

    @property
    def held(self) -> bool:
        """Whether the gate's own pairs allow a promotion."""
        kept = all(one.passed for one in self.quality)
        limits = all(one.status == "kept" for one in self.limits)
        return self.gain.end == "crossed" and kept and limits and not self.broken


def decide(plan: GatePlan, found: Findings) -> GateDecision:
    """The decision on one attempt; a pure function of what was found."""
    gain = found.gain
    counts = tally(gain.pairs)
    measured = [pair for pair in gain.pairs if not pair.missing] if counts.missing else gain.pairs
    verdict, why = judge(plan, found)
    effect = estimate_effect(plan, gain.pairs, gain.looks)
    saving = estimate_saving(plan, measured) if plan.primary == "cost" else None
    said = f"{_counts(*counts)}{_said(effect)}{_saved(saving)}"
    return GateDecision(
        verdict=verdict,
        reason=f"{why}; {said}; {_spent(plan, gain)}",
        plan_hash=plan.hash,
        attempt_id=plan.attempt_id,
        candidate_id=plan.candidate_id,
        champion_id=plan.champion_id,
        wins=counts.wins,
        losses=counts.losses,
        ties=counts.ties,
        missing=counts.missing,
        looks=gain.looks,
        pairs=gain.pairs,
        effect=effect,
        regressions=found.regressions,
        minimum_detectable=detectable(plan, measured, counts),
        alpha=plan.alpha,
        promoted_id=plan.candidate_id if verdict == "PROMOTE" else None,
        saving=saving,
        quality=found.quality,
        limits=found.limits,
        pool=found.pool,
        broken_off=bool(found.broken) or gain.end == "broken",
    )


def fall_back(
    plan: GatePlan, whole: GateDecision, limited: GateDecision, fallback_id: str
) -> GateDecision:
    """The decision to promote the fallback where the whole candidate did not hold.

    The fallback makes the same calls in the gate's domain, so the gain shown is its own; its
    suites are unchanged. What spoke against the whole candidate stays on record.
    """
    against = [part.reason for part in whole.regressions if not part.passed]
    if whole.pool is not None and not whole.pool.passed:
        against.append(whole.pool.reason)
    return limited.model_copy(
        update={
            "promoted_id": fallback_id,
            "unscoped": whole.regressions,
            "reason": f"limited to domain {plan.domain!r} as planned, because for the whole "
            f"candidate {'; '.join(against)}; {limited.reason}",
        }
    )


def refuse(plan: GatePlan, why: str) -> GateDecision:
    """A rejection that needs no measurement, so it spends no error."""
    return GateDecision(
        verdict="REJECT",
        reason=why,
        plan_hash=plan.hash,
        attempt_id=plan.attempt_id,
        candidate_id=plan.candidate_id,
        champion_id=plan.champion_id,
        alpha=0.0,
    )


def judge(plan: GatePlan, found: Findings) -> tuple[Verdict, str]:
    """The verdict, and why; what the plan asks for and nobody has shown is never a success."""
    if found.gain.end != "crossed":
        return _no_gain(plan, found.gain)
    shown = _GAIN[plan.primary]
    saving = estimate_saving(plan, found.gain.pairs) if plan.primary == "cost" else None
    if saving is not None and saving.candidate >= saving.champion:
        return "REJECT", "most answers are cheaper, but together they cost no less"
    pooled = () if found.pool is None else (found.pool,)
    rows = (*found.quality, *found.limits, *found.regressions, *pooled)
    for status, verdict in _VERDICTS:
        hit = [row for row in rows if row.status == status]
        if hit:
            return verdict, f"{shown}, but {'; '.join(row.reason for row in hit)}"
    if found.broken:
        return "INDECISIVE", f"{shown}, but the budget ran out: {found.broken}"
    lacking = list(_lacking(plan, found))
    if lacking:
        return "INDECISIVE", f"{shown}, but {', '.join(lacking)} gave no evidence"
    return "PROMOTE", _kept(shown, found.regressions)


def _lacking(plan: GatePlan, found: Findings) -> Iterator[str]:
    """What the plan asks for and is not among the findings."""
    suites = {part.suite: part for part in found.regressions if part.passed}
    for part in plan.regressions:
        evidence = suites.get(part.suite)
        if evidence is None:
            yield part.suite
        elif part.anchor_id is not None and evidence.rung in _SCORED and evidence.anchor is None:
            yield f"{part.suite} beside the best version"
    shown = {one.objective for one in found.limits}
    yield from (one.objective for one in plan.limits if one.objective not in shown)
    if plan.primary == "cost" and len(found.quality) < 1 + (plan.anchor_id is not None):
        yield "the quality"
    scored = sum(part.rung in _SCORED for part in found.regressions)
    if plan.pool_margin is not None and scored > 1 and found.pool is None:
        yield "all suites together"


_SCORED = ("score_test", "eprocess")
_GAIN = {
    "quality": "a gain was shown",
    "cost": "a lower cost was shown",
}


def _kept(shown: str, regressions: Sequence[RegressionEvidence]) -> str:
    if not regressions:
        return f"{shown}; no regression suite is defined"
    same = sum(part.rung == "identity" for part in regressions)
    return (
        f"{shown} and all {len(regressions)} regression suites held "
        f"({same} unchanged, {len(regressions) - same} measured)"
    )


def _no_gain(plan: GatePlan, gain: Superiority) -> tuple[Verdict, str]:
    if gain.end == "broken":
        return "INDECISIVE", f"the budget ran out: {gain.why}"
    if gain.end == "empty":
        known = plan.primary == "quality" or all(pair.missing for pair in gain.pairs)
        return "INDECISIVE", "no pair was measured" if known else f"no {plan.cost} are known"
    if gain.end == "uncovered":
        return "INDECISIVE", f"fewer than {plan.coverage:.0%} of the pairs could be measured"
    if gain.end == "futile":
        return "REJECT", f"{_lack(plan, gain)} when the plan asked for one"
    last = gain.looks[-1]
    if last.wins + last.losses < plan.min_discordant:
        return "HOLD", f"fewer than {plan.min_discordant} pairs differ, too few to judge"
    if last.net > 0.0:
        return "HOLD", "the trend is positive, but not proven with the planned examples"
    return "REJECT", f"{_lack(plan, gain)} on the planned examples"


def _lack(plan: GatePlan, gain: Superiority) -> str:
    if plan.primary == "cost":
        return "no lower cost at the same quality"
    measured = [pair for pair in gain.pairs if not pair.missing]
    if measured and all(pair.champion == 1.0 for pair in measured):
        return (
            "no net gain (the champion is right on every example: harder ones could show a gain, "
            "or gate.primary: cost)"
        )
    return "no net gain"


def _counts(wins: int, losses: int, ties: int, missing: int) -> str:
    lacking = f", {missing} missing" if missing else ""
    return f"{wins} won, {losses} lost, {ties} tied{lacking}"


def _said(effect: Effect | None) -> str:
    if effect is None:
        return ""
    low, high = 100 * effect.low, 100 * effect.high
    return (
        f": {100 * effect.estimate:+.1f} points ({low:+.1f} to {high:+.1f} at {effect.level:.1%})"
    )


def _saved(saving: Saving | None) -> str:
    if saving is None:
        return ""
    return (
        f"; {saving.cost} {saving.candidate:.4g} instead of {saving.champion:.4g} an answer "
        f"({saving.estimate:+.1%} saved a pair, at least {saving.low:+.1%})"
    )


def _spent(plan: GatePlan, gain: Superiority) -> str:
    return f"{len(gain.pairs)} of {plan.n} examples, alpha {plan.alpha:.4g}"
