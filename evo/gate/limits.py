"""Hard limits of objectives, checked again on examples that the search has not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from evo.gate.evidence import LimitEvidence, LimitStatus
from evo.gate.growing import Growing
from fitness.objectives import Objective, value_of
from fitness.outcome import Outcome
from fitness.stats import mean_interval, wilson

LEVEL = 0.05
"""Probability that a bound misses the mean."""

_ELSEWHERE = ("regression",)
"""Not a matter of the gate's examples: the regression suites have tests of their own."""


class LimitPlan(Growing):
    """The limits of one objective.

    Attributes:
        objective: Name.
        ceiling: What the mean must not exceed; ``None`` for no such limit.
        floor: What the mean must not fall below.
        level: One-sided level of the bounds.
    """

    objective: str
    ceiling: float | None = None
    floor: float | None = None
    level: float = LEVEL


def plan_limits(objectives: Sequence[Objective]) -> tuple[LimitPlan, ...]:
    """The limits that the gate's examples can show, in order."""
    return tuple(
        LimitPlan(objective=one.name, ceiling=one.ceiling, floor=one.floor)
        for one in objectives
        if one.limited and one.name not in _ELSEWHERE
    )


def check_limits(
    limits: Sequence[LimitPlan],
    outcomes: Sequence[Outcome],
    clusters: Sequence[str] | None,
    *,
    length: int,
    coverage: float,
) -> tuple[LimitEvidence, ...]:
    """What the candidate's answers say about each limit.

    Kept only if the whole confidence bound keeps it: the upper one a ceiling, the lower one a
    floor. Student's interval with clustered standard errors (Miller 2024), Wilson's for values
    that are all 0 or 1; the length of a prompt is known. An outcome that the infrastructure did
    not deliver is left out; below the coverage nothing is known, and nothing is kept.

    Args:
        limits: The plan's.
        outcomes: (n,) of the candidate on gate examples.
        clusters: (n,) cluster ids; ``None`` if examples are independent.
        length: Characters of its prompt.
        coverage: Least share of the outcomes that must know the value.
    """
    return tuple(_check(one, outcomes, clusters, length, coverage) for one in limits)


class _Bounds(NamedTuple):
    n: int
    mean: float
    low: float
    high: float


def _check(
    limit: LimitPlan,
    outcomes: Sequence[Outcome],
    clusters: Sequence[str] | None,
    length: int,
    coverage: float,
) -> LimitEvidence:
    if limit.objective == "length":
        found = _Bounds(len(outcomes), float(length), float(length), float(length))
    else:
        found = _bounds(limit, outcomes, clusters)
    if not found.n or found.n < coverage * len(outcomes) - 1e-9:
        why = f"{limit.objective} is known of {found.n} of {len(outcomes)} answers"
        return LimitEvidence(
            objective=limit.objective, status="unknown", n=found.n, level=limit.level, reason=why
        )
    return LimitEvidence(
        objective=limit.objective,
        status=_status(limit, found),
        n=found.n,
        mean=found.mean,
        low=found.low if math.isfinite(found.low) else None,
        high=found.high if math.isfinite(found.high) else None,
        level=limit.level,
        reason=_reason(limit, found),
    )


def _bounds(
    limit: LimitPlan, outcomes: Sequence[Outcome], clusters: Sequence[str] | None
) -> _Bounds:
    values = [value_of(limit.objective, outcome) for outcome in outcomes]
    kept = [i for i, value in enumerate(values) if value is not None and math.isfinite(value)]
    known = [float(value) for i in kept if (value := values[i]) is not None]
    if not known:
        return _Bounds(0, math.nan, -math.inf, math.inf)
    level = 1.0 - 2.0 * limit.level
    if clusters is None and set(known) <= {0.0, 1.0}:
        interval = wilson(round(sum(known)), len(known), level)
    else:
        groups = None if clusters is None else [clusters[i] for i in kept]
        interval = mean_interval(known, level, groups)
    return _Bounds(len(known), *interval)


def _status(limit: LimitPlan, found: _Bounds) -> LimitStatus:
    top = math.inf if limit.ceiling is None else limit.ceiling
    bottom = -math.inf if limit.floor is None else limit.floor
    if found.low > top or found.high < bottom:
        return "broken"
    return "kept" if found.high <= top and found.low >= bottom else "unproven"


def _reason(limit: LimitPlan, found: _Bounds) -> str:
    said = [
        f"{name} {value:.4g}"
        for name, value in (("ceiling", limit.ceiling), ("floor", limit.floor))
        if value is not None
    ]
    return (
        f"{limit.objective} {found.mean:.4g} ({found.low:.4g} to {found.high:.4g} at "
        f"{1 - 2 * limit.level:.0%}), {' and '.join(said)}"
    )
