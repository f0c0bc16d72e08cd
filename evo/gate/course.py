"""The gain and its interval at each look: the course of an attempt as a reader sees it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from evo.gate.cost_gain import reduction
from evo.gate.evidence import Look
from evo.gate.pair import Pair
from evo.gate.plan import GatePlan
from fitness.stats import cluster_means, confidence_bounds, repeated_interval

FloatArray = npt.NDArray[np.float64]

_MOST = 60


class CoursePoint(BaseModel):
    """Where the test of the gain stood at one look.

    With the cost as primary the gain is the share of the cost that a pair saves, and a pair is won
    if the candidate was cheaper.

    Attributes:
        examples: Examples used so far.
        wins: Pairs won so far.
        losses: Pairs lost so far.
        missing: Pairs missing so far.
        estimate: Mean gain on measured pairs; ``None`` without any.
        low: Lower end; a missing pair counts as lost. Above the gain to exceed exactly where the
            test promotes, but for too few discordant pairs.
        high: Upper end; a missing pair counts as won.
        boundary: Mean gain that promotes at this look, given how many pairs differ; ``None`` where
            none would, and for the e-process, whose boundary is no single mean.
        crossed: Whether the boundary is reached.
        futility: Whether the plan ends the attempt here without a net gain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: int
    wins: int
    losses: int
    missing: int
    estimate: float | None
    low: float
    high: float
    boundary: float | None = None
    crossed: bool = False
    futility: bool = False


def course_of(
    plan: GatePlan, looks: Sequence[Look], pairs: Sequence[Pair]
) -> tuple[CoursePoint, ...]:
    """The interval at each look, at the level of the attempt; a pure function of what is stored.

    The repeated confidence interval of the boundary for the sign test (Jennison & Turnbull 1989);
    for the e-process the means that its bets have not ruled out so far (Waudby-Smith & Ramdas
    2024). Either holds at all looks at once.

    Args:
        plan: The registered plan.
        looks: The trail of the decision; of more than 60, a spread of them with the last.
        pairs: The pairs of the decision.
    """
    return tuple(_point(plan, look, pairs[: look.examples]) for look in _spread(looks))


def _spread(looks: Sequence[Look]) -> list[Look]:
    if len(looks) <= _MOST:
        return list(looks)
    picked = np.unique(np.linspace(0, len(looks) - 1, _MOST).round().astype(int))
    return [looks[index] for index in picked.tolist()]


def _point(plan: GatePlan, look: Look, pairs: Sequence[Pair]) -> CoursePoint:
    estimate, low, high, boundary = (
        _by_signs(plan, look)
        if plan.test == "sign" and plan.primary == "quality"
        else _by_bets(plan, pairs)
    )
    return CoursePoint(
        examples=look.examples,
        wins=look.wins,
        losses=look.losses,
        missing=look.missing,
        estimate=estimate,
        low=low,
        high=high,
        boundary=boundary,
        crossed=look.crossed,
        futility=look.examples in plan.futility,
    )


def _by_signs(plan: GatePlan, look: Look) -> tuple[float | None, float, float, float | None]:
    measured = look.examples - look.missing
    critical = None if look.boundary is None else int(look.boundary)
    found = repeated_interval(
        look.wins,
        look.losses,
        look.examples,
        critical,
        alpha=plan.alpha,
        share=look.examples / plan.n,
        missing=look.missing,
    )
    if not measured:
        return None, found.low, found.high, None
    # As many pairs differ as did; the least wins among them that promote.
    differ = look.wins + look.losses
    boundary = None if critical is None else (2 * critical - differ) / measured
    return found.estimate, found.low, found.high, boundary


def _by_bets(
    plan: GatePlan, pairs: Sequence[Pair]
) -> tuple[float | None, float, float, float | None]:
    values = [gain_of(plan, pair) for pair in pairs]
    known = [value for value in values if value is not None]
    if not known:
        return None, -1.0, 1.0, None
    clusters = [pair.cluster for pair in pairs]
    seen = [one for one, value in zip(clusters, values, strict=True) if value is not None]
    estimate = float(_units(plan, known, seen).mean())
    if plan.primary == "cost" and plan.cost == "length":
        return estimate, estimate, estimate, None
    worst = _units(plan, [-1.0 if value is None else value for value in values], clusters)
    best = _units(plan, [1.0 if value is None else value for value in values], clusters)
    low = confidence_bounds(worst, plan.alpha)[0]
    return estimate, low, confidence_bounds(best, plan.alpha)[1], None


def gain_of(plan: GatePlan, pair: Pair) -> float | None:
    """What a pair gains in the plan's primary; ``None`` where it is unknown."""
    if plan.primary == "cost":
        return reduction(pair)
    return None if pair.missing else pair.difference


def units_of(plan: GatePlan, pairs: Sequence[Pair]) -> FloatArray:
    """(n_units,) known gains, one an independent unit."""
    known = [(pair.cluster, gain) for pair in pairs if (gain := gain_of(plan, pair)) is not None]
    return _units(plan, [gain for _, gain in known], [cluster for cluster, _ in known])


def _units(plan: GatePlan, values: Sequence[float], clusters: Sequence[str]) -> FloatArray:
    array = np.array(values, dtype=np.float64)
    return cluster_means(array, clusters) if plan.clustered else array
