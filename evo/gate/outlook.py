"""What n examples could find in the k-th attempt, before there is a candidate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from evo.gate.attempt import AttemptRecord
from evo.gate.config import GateConfig
from evo.gate.order import draw_order, look_schedule
from evo.gate.plan import choose_test, is_pass_fail
from evo.gate.preflight import Detectable, preflight, spent, unspent_shards
from evo.gate.shards import fresh_shards
from fitness.stats import Spent, minimum_detectable, next_share, noninferiority_power
from fitness.suites import Suite

SHARES = (0.1, 0.2, 0.35)
SIZES = (100, 200, 300, 600)
_COARSE = 15


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SizeOutlook(_Record):
    """What a number of examples can do.

    Attributes:
        n: Gate examples.
        detectable: With quality as primary, the smallest gain that 80 % power finds, for each
            share of pairs that differ.
        equal_passes: With the cost as primary, for each of these shares the chance that a candidate
            of equal quality is shown to be not worse by the margin; empty for other scores than
            pass/fail, and where quality is primary.
    """

    n: int
    detectable: tuple[Detectable, ...] = ()
    equal_passes: tuple[float, ...] = ()


class AttemptOutlook(_Record):
    """What an attempt would do; nothing is measured and nothing spent.

    Attributes:
        attempt: Number of the attempt in the lineage, from 1.
        past: Attempts made so far that used a share.
        attempts: Attempts that share the error budget.
        alpha: Its share; 0 if the budget does not reach so far. As if none of the attempts between
            now and then promoted: the share of one that does passes on.
        n: Examples asked for.
        available: Unseen gate examples that one attempt could use now.
        looks: Looks at ``n`` examples.
        shards: All shards at this ``n``.
        fresh_shards: Those that have not retired.
        max_calls: Most calls of the attempt, all arms, all regression suites.
        primary: What must get better.
        test: Its test.
        clustered: Whether clusters, not examples, are the independent units.
        shares: Shares of pairs that differ, the columns of ``sizes``.
        sizes: What ``n`` and other numbers of examples can do at this share of the error.
    """

    attempt: int
    past: int
    attempts: int
    alpha: float
    n: int
    available: int
    looks: int
    shards: int
    fresh_shards: int
    max_calls: int
    primary: Literal["quality", "cost"]
    test: Literal["sign", "eprocess"]
    clustered: bool
    shares: tuple[float, ...]
    sizes: tuple[SizeOutlook, ...]


def attempt_outlook(
    config: GateConfig,
    suites: Sequence[Suite],
    history: Sequence[AttemptRecord],
    *,
    domain: str,
    lineage: str,
    anchors: Collection[str] = (),
    attempt: int | None = None,
) -> AttemptOutlook:
    """Looks ahead to an attempt on ``config.n`` examples.

    Args:
        config: Thresholds.
        suites: All suites of the task.
        history: All attempts of the workspace, oldest first.
        domain: The domain to improve.
        lineage: Whose error budget counts.
        anchors: As for ``preflight``.
        attempt: Number of the attempt, from 1; ``None`` for the next one.
    """
    state = preflight(config, suites, history, domain=domain, lineage=lineage, anchors=anchors)
    past = [one for one in spent(history, lineage) if one.alpha > 0.0]
    number = len(past) + 1 if attempt is None else attempt
    alpha = share_of(config, past, number)
    parts = unspent_shards(config, suites, domain, history)
    fresh = fresh_shards(history, parts, max_attempts=config.shard_attempts)
    shard = next(iter((*fresh, *parts, *_gate_suites(suites, domain))), None)
    arms = 3 if config.primary == "cost" and domain in anchors else 2
    return AttemptOutlook(
        attempt=number,
        past=len(past),
        attempts=config.attempts_budget,
        alpha=alpha,
        n=config.n,
        available=state.n,
        looks=_looks(config, shard),
        shards=state.shards,
        fresh_shards=state.fresh_shards,
        max_calls=state.max_calls + arms * (config.n - state.n),
        primary=config.primary,
        test="sign" if shard is None else choose_test(config, shard),
        clustered=shard is not None and not shard.independent,
        shares=SHARES,
        sizes=_sizes(config, shard, alpha),
    )


def share_of(config: GateConfig, past: Sequence[Spent], attempt: int) -> float:
    """The share of the ``attempt``-th attempt, if none from now on promotes before it."""
    known = list(past[: attempt - 1])
    while len(known) < attempt - 1:
        share = next_share(known, config.alpha, config.attempts_budget)
        if share <= 0.0:
            return 0.0
        known.append(Spent(share, promoted=False))
    return next_share(known, config.alpha, config.attempts_budget)


def _gate_suites(suites: Sequence[Suite], domain: str) -> list[Suite]:
    return [one for one in suites if one.role == "gate" and one.domain == domain]


def _looks(config: GateConfig, shard: Suite | None) -> int:
    ends: Sequence[int] = range(1, config.n + 1)
    if shard is not None and not shard.independent and len(shard) >= config.n:
        _, ends = draw_order(shard, config.n, np.random.default_rng(0), by_cluster=True)
    return len(look_schedule(ends, config.look_every))


def _sizes(config: GateConfig, shard: Suite | None, alpha: float) -> tuple[SizeOutlook, ...]:
    if shard is None or alpha <= 0.0:
        return ()
    return tuple(_size(config, shard, alpha, n) for n in sorted({*SIZES, config.n}))


def _size(config: GateConfig, shard: Suite, alpha: float, n: int) -> SizeOutlook:
    if config.primary == "cost":
        if not is_pass_fail(shard):
            return SizeOutlook(n=n)
        margin = config.quality_margin
        chances = (noninferiority_power(n, margin, share, alpha=alpha) for share in SHARES)
        return SizeOutlook(n=n, equal_passes=tuple(chances))
    units = n
    if not shard.independent and len(shard):
        clusters = len({example.cluster for example in shard})
        units = max(round(n * clusters / len(shard)), 1)
    test = choose_test(config, shard)
    # The e-process is simulated; a few looks less hide next to nothing of its power.
    every = max(config.look_every, units // _COARSE if test == "eprocess" else 0)
    return SizeOutlook(
        n=n,
        detectable=tuple(
            Detectable(
                discordance=share,
                difference=minimum_detectable(
                    units,
                    alpha,
                    share,
                    test=test,
                    look_every=every,
                    min_discordant=config.min_discordant,
                    min_effect=config.min_effect,
                ),
            )
            for share in SHARES
        ),
    )
