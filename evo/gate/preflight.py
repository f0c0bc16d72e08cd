"""What the gate can still do, and detect, before a call is spent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from evo.gate.attempt import AttemptRecord
from evo.gate.config import GateConfig
from evo.gate.must_pass import must_pass_ids
from evo.gate.order import example_key
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
        detectable: Smallest gains that the next attempt finds; none where the cost is primary.
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
    anchors: Collection[str] = (),
) -> Preflight:
    """Looks ahead; measures nothing.

    Args:
        config: Thresholds.
        suites: All suites of the task.
        history: All attempts of the workspace, oldest first.
        domain: The domain to improve.
        lineage: Whose error budget counts.
        anchors: Regression suites, or the domain, whose best version is not the champion and is
            measured too (``anchors_of``).
    """
    parts = unspent_shards(config, suites, domain, history)
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
        max_calls=_max_calls(config, suites, n, anchors, domain),
        detectable=_detectable(config, fresh, n, alpha),
        regressions=outlook,
    )


def unspent_shards(
    config: GateConfig, suites: Sequence[Suite], domain: str, history: Sequence[AttemptRecord]
) -> tuple[Suite, ...]:
    """Shards without examples that judged in a shard which is no longer cut like this.

    Adding rows or another ``gate.n`` cuts the suite anew; without this, what has been used
    would look fresh. Nor does another id make an example fresh. What is taken out moves the cut
    in turn, so this is repeated until every used example stands in the very shard that used it.
    """
    kept = list(suites)
    while True:
        parts = gate_shards(config, kept, domain)
        fresh = [_unused(suite, parts, history) for suite in kept]
        if fresh == kept:
            return parts
        kept = fresh


def _unused(suite: Suite, parts: Sequence[Suite], history: Sequence[AttemptRecord]) -> Suite:
    if suite.role != "gate":
        return suite
    present = {part.hash for part in parts}
    gone = {i for one in history if one.shard_hash not in present for i in one.example_ids}
    standing = {i for one in history if one.shard_hash in present for i in one.example_ids}
    keys = {key for one in history for key in one.example_keys}
    if not gone and not keys:
        return suite
    left = tuple(
        one
        for one in suite
        if one.id not in gone and (one.id in standing or example_key(one) not in keys)
    )
    return suite if len(left) == len(suite) else replace(suite, examples=left)


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


def _max_calls(
    config: GateConfig, suites: Sequence[Suite], n: int, anchors: Collection[str], domain: str
) -> int:
    """As ``GatePlan.max_calls``, of a plan that is not made yet."""
    own = (3 if config.primary == "cost" and domain in anchors else 2) * n
    for suite in suites:
        if suite.role != "regression":
            continue
        drawn = min(len(suite), config.regression_n or len(suite))
        critical = len(must_pass_ids(suite))
        # At worst no critical example is among those that are drawn.
        own += 2 * (min(drawn + critical, len(suite)) + critical)
        own += drawn if suite.name in anchors else 0
    return own


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
    if config.primary == "cost":
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
