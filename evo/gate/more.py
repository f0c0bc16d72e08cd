"""What more examples could decide after an attempt that ended HOLD."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from evo.gate.course import units_of
from evo.gate.decision import GateDecision
from evo.gate.evidence import Comparison, RegressionEvidence
from evo.gate.plan import GatePlan
from fitness.stats import log_growth, log_mean_exp, noninferiority_power, sample_size

FloatArray = npt.NDArray[np.float64]

POWER = 0.8
_RAREST, _EXACT = 0.005, 2000
_PATHS, _STEP, _MOST = 200, 250, 10_000


class More(BaseModel):
    """How many examples would decide, if what was seen is the truth.

    What was seen flatters where it was picked from many; a smaller effect needs more.

    Attributes:
        what: ``gain``, or the suite or comparison that is undecided.
        effect: Mean difference seen, in score units (for ``gain`` with the cost as primary: the
            share saved).
        discordance: Share of pairs that differ; of graded gains their mean square.
        level: Error at which it would be decided.
        n: Examples with which it is decided with 80 % power; ``None`` where ten thousand are too
            few, or nothing says how many are needed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    effect: float
    discordance: float
    level: float
    n: int | None


def what_more_decides(plan: GatePlan, decision: GateDecision, alpha: float) -> tuple[More, ...]:
    """Of a HOLD, what is open; nothing else can be decided by more examples.

    Args:
        plan: The registered plan.
        decision: Its decision.
        alpha: Share of the next attempt; 0 takes that of this one.
    """
    if decision.verdict != "HOLD":
        return ()
    level = alpha or plan.alpha
    if not any(look.crossed for look in decision.looks):
        gain = _gain(plan, decision, level)
        return () if gain is None else (gain,)
    return tuple(_open(plan, decision, level))


def _gain(plan: GatePlan, decision: GateDecision, level: float) -> More | None:
    units = units_of(plan, decision.pairs)
    if not len(units) or float(units.mean()) <= plan.min_effect:
        return None
    effect, square = float(units.mean()), float(np.mean(units**2))
    if plan.test == "sign" and plan.primary == "quality":
        n: int | None = sample_size(
            level,
            square,
            min(effect, square),
            power=POWER,
            look_every=plan.looks[0],
            min_discordant=plan.min_discordant,
        )
    else:
        found = _bets_needed(units, level, plan.min_effect)
        n = None if found is None else math.ceil(found * len(decision.pairs) / len(units))
    return More(what="gain", effect=effect, discordance=square, level=level, n=n)


def _bets_needed(units: FloatArray, level: float, least: float) -> int | None:
    """Units after which four of five attempts have promoted, drawing from what was seen."""
    rng = np.random.default_rng(20260101)
    growth = log_growth(units, least)
    capital = np.zeros((_PATHS, growth.shape[1]))
    crossed = np.full(_PATHS, _MOST + 1)
    for begin in range(0, _MOST, _STEP):
        drawn = growth[rng.integers(len(units), size=(_PATHS, _STEP))]
        course = capital[:, None, :] + drawn.cumsum(axis=1)
        reached = log_mean_exp(course) >= -math.log(level)
        first = np.where(reached.any(axis=1), begin + 1 + reached.argmax(axis=1), _MOST + 1)
        crossed = np.minimum(crossed, first)
        capital = course[:, -1, :]
        if np.mean(crossed <= _MOST) >= POWER:
            return int(np.sort(crossed)[math.ceil(POWER * _PATHS) - 1])
    return None


def _open(plan: GatePlan, decision: GateDecision, level: float) -> Iterator[More]:
    tested = {part.suite: part.test for part in plan.regressions}
    for row in decision.regressions:
        if row.status == "underpowered":
            exact = tested.get(row.suite) == "sign"
            yield _comparison(row.suite, row, plan.regression_alpha, exact=exact)
            if row.anchor is not None and row.anchor.status == "underpowered":
                name = f"{row.suite} beside its best version"
                yield _comparison(name, row.anchor, plan.regression_alpha, exact=exact)
    for one in decision.quality:
        if one.status == "underpowered":
            yield _comparison("quality", one, level, exact=plan.test == "sign")
    if decision.pool is not None and decision.pool.status == "underpowered":
        exact = all(test == "sign" for test in tested.values())
        yield _comparison("all suites", decision.pool, plan.regression_alpha, exact=exact)


def _comparison(
    name: str, row: RegressionEvidence | Comparison, level: float, *, exact: bool
) -> More:
    measured = max(row.n - row.missing, 1)
    differ = (row.wins + row.losses) / measured
    effect = (row.wins - row.losses) / measured if row.estimate is None else row.estimate
    n = not_worse_size(row.margin, differ, effect, level) if exact else None
    return More(what=name, effect=effect, discordance=differ, level=level, n=n)


def not_worse_size(
    margin: float, discordance: float, difference: float, level: float
) -> int | None:
    """Pairs with which "not worse by ``margin``" is certified with 80 % power.

    ``(z_level + z_power)**2 * (discordance - difference**2) / (margin + difference)**2``, a
    normal approximation with the variance of paired proportions (Nam 1997); up to 2,000 pairs
    raised in steps of a tenth until the exact power is reached.

    Args:
        margin: Loss to exclude.
        discordance: Share of pairs that differ.
        difference: True difference.
        level: Level of the test.

    Returns:
        ``None`` where the difference is as low as the margin, or 10,000 are too few.
    """
    room, share = margin + difference, max(discordance, abs(difference), _RAREST)
    if room <= 0.0:
        return None
    quantile = NormalDist().inv_cdf
    z = quantile(1.0 - level) + quantile(POWER)
    n = max(math.ceil(z * z * (share - difference**2) / room**2), 1)
    while n <= _EXACT:
        if noninferiority_power(n, margin, share, alpha=level, difference=difference) >= POWER:
            break
        n = math.ceil(1.1 * n)
    return n if n <= _MOST else None


def more_lines(more: Sequence[More]) -> Iterator[str]:
    """What is open, in sentences."""
    for one in more:
        seen = f"{one.effect:+.3f} with {one.discordance:.1%} of the pairs different"
        need = "no number up to 10,000" if one.n is None else f"{one.n} examples"
        yield f"{one.what}: {seen} was seen; {need} would decide at level {one.level:.3g}"
