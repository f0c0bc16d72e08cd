"""Figures of a decision: the effect with its interval, what was saved, what could be found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evo.gate.cost_gain import reduction
from evo.gate.evidence import Effect, Look, Saving
from evo.gate.pair import Pair, Tally, tally, unit_means
from evo.gate.plan import GatePlan
from fitness.stats import Interval, cluster_means, confidence_bounds, minimum_detectable, tango
from fitness.stats.repeated import repeated_interval

_LARGE, _FEWER = 1000, 100


def estimate_effect(plan: GatePlan, pairs: Sequence[Pair], looks: Sequence[Look]) -> Effect | None:
    """The mean difference in score on measured pairs, at the level of the attempt.

    For the sign test the repeated interval of its own boundary, so that interval and verdict
    agree; for the e-process the means that its bets do not rule out. In both a missing pair
    counts as lost for the lower end and as won for the upper one.
    """
    measured = [pair for pair in pairs if not pair.missing]
    if not measured:
        return None
    level = 1.0 - 2.0 * plan.alpha
    if plan.test == "sign" and plan.primary == "cost":
        counts = tally(measured)
        found = tango(counts.wins, counts.losses, len(measured), level)
        return Effect(**found._asdict(), level=level, method="tango")
    if plan.test == "sign":
        found = _repeated(plan, looks[-1])
        return Effect(**found._asdict(), level=level, method="repeated")
    return Effect(**_betting(plan, pairs, measured)._asdict(), level=level, method="betting")


def _betting(plan: GatePlan, pairs: Sequence[Pair], measured: Sequence[Pair]) -> Interval:
    won = {"champion": 0.0, "candidate": 1.0}
    best = [pair.model_copy(update=won) if pair.missing else pair for pair in pairs]
    means = (unit_means(part, clustered=plan.clustered) for part in (measured, pairs, best))
    seen, worst, hoped = means
    low, high = (confidence_bounds(part, plan.alpha) for part in (worst, hoped))
    return Interval(float(seen.mean()), low[0], high[1])


def _repeated(plan: GatePlan, look: Look) -> Interval:
    return repeated_interval(
        look.wins,
        look.losses,
        look.examples,
        None if look.boundary is None else int(look.boundary),
        alpha=plan.alpha,
        share=look.examples / plan.n,
        missing=look.missing,
    )


def estimate_saving(plan: GatePlan, measured: Sequence[Pair]) -> Saving | None:
    """What was saved on pairs with a known cost; ``None`` without any."""
    known = [(pair, saved) for pair in measured if (saved := reduction(pair)) is not None]
    if not known:
        return None
    shares = np.array([saved for _, saved in known])
    clusters = [pair.cluster for pair, _ in known]
    units = cluster_means(shares, clusters) if plan.clustered else shares
    return Saving(
        cost=plan.cost,
        champion=float(np.mean([pair.champion_cost for pair, _ in known])),
        candidate=float(np.mean([pair.candidate_cost for pair, _ in known])),
        cheaper=int(np.sum(shares > 0.0)),
        dearer=int(np.sum(shares < 0.0)),
        equal=int(np.sum(shares == 0.0)),
        estimate=float(units.mean()),
        low=confidence_bounds(units, plan.alpha)[0],
    )


def detectable(plan: GatePlan, measured: Sequence[Pair], counts: Tally) -> float | None:
    """The smallest gain that the plan finds with 80 % power at the share of pairs that differ."""
    if plan.primary == "cost" or not counts.wins + counts.losses:
        return None
    units, square = len(measured), (counts.wins + counts.losses) / len(measured)
    if plan.test != "sign":
        # The mean square is what the share of discordant pairs is where outcomes are pass or fail.
        means = unit_means(measured, clustered=plan.clustered)
        units, square = len(means), float(np.mean(means**2))
    return minimum_detectable(
        round(plan.n * units / len(measured)),
        plan.alpha,
        square,
        test=plan.test,
        # Beyond a thousand examples fewer looks say the same, and a decision stays quick.
        look_every=max(plan.looks[0], 0 if plan.n <= _LARGE else _FEWER),
        min_discordant=plan.min_discordant,
        min_effect=plan.min_effect,
    )
