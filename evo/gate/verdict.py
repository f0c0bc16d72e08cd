"""From evidence to a verdict and one readable sentence; pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evo.gate.decision import GateDecision, Verdict
from evo.gate.evidence import Effect, RegressionEvidence
from evo.gate.pair import Pair, unit_means
from evo.gate.plan import GatePlan
from evo.gate.sequential import Superiority
from fitness.stats import confidence_bounds, minimum_detectable, tango

# What more examples cannot mend goes first.
_SUITE_VERDICTS: tuple[tuple[str, Verdict], ...] = (
    ("lost", "REJECT"),
    ("uncovered", "INDECISIVE"),
    ("underpowered", "HOLD"),
)


def decide(
    plan: GatePlan, gain: Superiority, regressions: Sequence[RegressionEvidence]
) -> GateDecision:
    """The decision on one attempt.

    Args:
        plan: The registered plan.
        gain: How the test of the gain ended.
        regressions: Evidence of suites; of all planned ones if the gain was shown.
    """
    measured = [pair for pair in gain.pairs if not pair.missing]
    wins, losses = sum(pair.won for pair in measured), sum(pair.lost for pair in measured)
    verdict, why = _judge(plan, gain, regressions)
    effect = estimate_effect(plan, measured)
    missing = len(gain.pairs) - len(measured)
    counts = _counts(wins, losses, len(measured) - wins - losses, missing)
    return GateDecision(
        verdict=verdict,
        reason=f"{why}; {counts}{_said(effect)}; {_spent(plan, gain)}",
        plan_hash=plan.hash,
        attempt_id=plan.attempt_id,
        candidate_id=plan.candidate_id,
        champion_id=plan.champion_id,
        wins=wins,
        losses=losses,
        ties=len(measured) - wins - losses,
        missing=missing,
        looks=gain.looks,
        pairs=gain.pairs,
        effect=effect,
        regressions=tuple(regressions),
        minimum_detectable=_detectable(plan, measured),
        alpha=plan.alpha,
        promoted_id=plan.candidate_id if verdict == "PROMOTE" else None,
    )


def fall_back(
    plan: GatePlan, whole: GateDecision, limited: GateDecision, fallback_id: str
) -> GateDecision:
    """The decision to promote the fallback where the whole candidate did not hold.

    The fallback makes the same calls in the gate's domain, so the gain shown is its own; its
    suites are unchanged. What spoke against the whole candidate stays on record.
    """
    return limited.model_copy(
        update={
            "promoted_id": fallback_id,
            "unscoped": whole.regressions,
            "reason": f"limited to domain {plan.domain!r} as planned, because for the whole "
            f"candidate {'; '.join(part.reason for part in whole.regressions if not part.passed)}"
            f"; {limited.reason}",
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


def estimate_effect(plan: GatePlan, measured: Sequence[Pair]) -> Effect | None:
    """The mean difference on measured pairs, at the level of the attempt."""
    if not measured:
        return None
    level = 1.0 - 2.0 * plan.alpha
    if plan.test == "sign":
        wins, losses = sum(pair.won for pair in measured), sum(pair.lost for pair in measured)
        estimate, low, high = tango(wins, losses, len(measured), level)
        return Effect(estimate=estimate, low=low, high=high, level=level, method="tango")
    units = unit_means(measured, clustered=plan.clustered)
    low, high = confidence_bounds(units, plan.alpha)
    return Effect(estimate=float(units.mean()), low=low, high=high, level=level, method="betting")


def _judge(
    plan: GatePlan, gain: Superiority, regressions: Sequence[RegressionEvidence]
) -> tuple[Verdict, str]:
    if gain.end != "crossed":
        return _no_gain(plan, gain)
    for status, verdict in _SUITE_VERDICTS:
        hit = [part for part in regressions if part.status == status]
        if hit:
            return verdict, "a gain was shown, but " + "; ".join(part.reason for part in hit)
    certified = {part.suite for part in regressions if part.passed}
    lacking = [part.suite for part in plan.regressions if part.suite not in certified]
    if lacking:
        return "INDECISIVE", f"a gain was shown, but {', '.join(lacking)} gave no evidence"
    return "PROMOTE", _kept(regressions)


def _kept(regressions: Sequence[RegressionEvidence]) -> str:
    if not regressions:
        return "a gain was shown; no regression suite is defined"
    same = sum(part.rung == "identity" for part in regressions)
    return (
        f"a gain was shown and all {len(regressions)} regression suites held "
        f"({same} unchanged, {len(regressions) - same} measured)"
    )


def _no_gain(plan: GatePlan, gain: Superiority) -> tuple[Verdict, str]:
    if gain.end == "empty":
        return "INDECISIVE", "no pair was measured"
    if gain.end == "uncovered":
        return "INDECISIVE", f"fewer than {plan.coverage:.0%} of the pairs could be measured"
    if gain.end == "futile":
        return "REJECT", "no net gain when the plan asked for one"
    last = gain.looks[-1]
    if last.wins + last.losses < plan.min_discordant:
        return "HOLD", f"fewer than {plan.min_discordant} pairs differ, too few to judge"
    if last.net > 0.0:
        return "HOLD", "the trend is positive, but not proven with the planned examples"
    return "REJECT", "no net gain on the planned examples"


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


def _spent(plan: GatePlan, gain: Superiority) -> str:
    return f"{len(gain.pairs)} of {plan.n} examples, alpha {plan.alpha:.4g}"


def _detectable(plan: GatePlan, measured: Sequence[Pair]) -> float | None:
    if not any(pair.won or pair.lost for pair in measured):
        return None
    # The mean square is the share of discordant pairs where outcomes are pass or fail.
    units = unit_means(measured, clustered=plan.clustered)
    return minimum_detectable(
        round(plan.n * len(units) / len(measured)),
        plan.alpha,
        float(np.mean(units**2)),
        test=plan.test,
        look_every=plan.looks[0],
        min_discordant=plan.min_discordant,
        min_effect=plan.min_effect,
    )
