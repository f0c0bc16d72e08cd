"""What the gate can still do, and detect, before a call is spent."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from evo.gate.attempt import AttemptRecord
from evo.gate.config import GateConfig
from evo.gate.plan import choose_test
from evo.gate.shards import attempts_on, fresh_shards, shards
from fitness.stats import (
    Spent,
    attempts_left,
    minimum_detectable,
    next_share,
    noninferiority_power,
)
from fitness.suites import Suite

DISCORDANCES = (0.2, 0.35)
HARMLESS_DISCORDANCE = 0.05


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Detectable(_Record):
    """The smallest gain that 80 % power finds.

    Attributes:
        discordance: Share of pairs in which the arms differ.
        difference: In score units; ``None`` if nothing is found so often.
    """

    discordance: float
    difference: float | None


class RegressionOutlook(_Record):
    """How likely a regression suite lets a harmless change pass.

    Attributes:
        suite: Name.
        n: Examples that would be measured.
        margin: Loss to exclude.
        harmless_passes: Probability to certify a change that makes 5 % of the pairs differ
            without a loss; a suite far below .8 needs more examples or a wider margin.
    """

    suite: str
    n: int
    margin: float
    harmless_passes: float


class Preflight(_Record):
    """State of the gate of one lineage.

    Attributes:
        attempts_left: Attempts that the error budget and the shards both allow.
        alpha: Share of the next attempt; 0 if the budget is used up.
        shards: All shards.
        fresh_shards: Shards that have not retired.
        n: Examples of the next attempt.
        max_calls: Most calls of the next attempt, both arms, all regression suites.
        detectable: Smallest gains that the next attempt finds.
        regressions: Outlook of each regression suite.
    """

    attempts_left: int
    alpha: float
    shards: int
    fresh_shards: int
    n: int
    max_calls: int
    detectable: tuple[Detectable, ...]
    regressions: tuple[RegressionOutlook, ...]


def preflight(
    config: GateConfig,
    suites: Sequence[Suite],
    history: Sequence[AttemptRecord],
    *,
    domain: str,
    lineage: str,
) -> Preflight:
    """Looks ahead; measures nothing.

    Args:
        config: Thresholds.
        suites: All suites of the task.
        history: All attempts of the workspace, oldest first.
        domain: The domain to improve.
        lineage: Whose error budget counts.
    """
    parts = gate_shards(config, suites, domain)
    past = spent(history, lineage)
    alpha = next_share(past, config.alpha, config.attempts_budget)
    fresh = fresh_shards(history, parts, max_attempts=config.shard_attempts)
    n = min(config.n, len(fresh[0])) if fresh else 0
    outlook = tuple(_outlook(config, suite) for suite in suites if suite.role == "regression")
    room = sum(attempts_on(history, part, config.shard_attempts) for part in parts)
    budget = max(attempts_left(past, config.attempts_budget), int(alpha > 0.0))
    return Preflight(
        attempts_left=min(budget, room),
        alpha=alpha,
        shards=len(parts),
        fresh_shards=len(fresh),
        n=n,
        max_calls=2 * (n + sum(part.n for part in outlook)),
        detectable=_detectable(config, fresh, n, alpha),
        regressions=outlook,
    )


def gate_shards(config: GateConfig, suites: Sequence[Suite], domain: str) -> tuple[Suite, ...]:
    """The shards of all gate suites of a domain."""
    return tuple(
        part
        for suite in suites
        if suite.role == "gate" and suite.domain == domain and len(suite)
        for part in shards(suite, config.n)
    )


def spent(history: Sequence[AttemptRecord], lineage: str) -> tuple[Spent, ...]:
    """The error that a lineage has used, oldest first; what ``next_share`` needs."""
    return tuple(
        Spent(attempt.alpha, attempt.verdict == "PROMOTE")
        for attempt in history
        if attempt.lineage == lineage
    )


def _outlook(config: GateConfig, suite: Suite) -> RegressionOutlook:
    n = min(len(suite), config.regression_n or len(suite))
    chance = (
        noninferiority_power(
            n, config.regression_margin, HARMLESS_DISCORDANCE, alpha=config.regression_alpha
        )
        if n
        else 0.0
    )
    return RegressionOutlook(
        suite=suite.name, n=n, margin=config.regression_margin, harmless_passes=chance
    )


def _detectable(
    config: GateConfig, fresh: Sequence[Suite], n: int, alpha: float
) -> tuple[Detectable, ...]:
    if not n or alpha <= 0.0:
        return ()
    test = choose_test(config, fresh[0])
    units = n if fresh[0].independent else len({example.cluster for example in fresh[0]})
    return tuple(
        Detectable(
            discordance=discordance,
            difference=minimum_detectable(
                min(n, units),
                alpha,
                discordance,
                test=test,
                look_every=config.look_every,
                min_discordant=config.min_discordant,
                min_effect=config.min_effect,
            ),
        )
        for discordance in DISCORDANCES
    )
