"""How the budget of a run is divided before the first call is made."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from evo.config import BudgetConfig, Config
from evo.gate import Preflight
from evo.task import Task
from fitness.budget import Cost, Limits
from genomes.errors import BudgetError

RETRY_SLACK = 0.05
"""Calls set aside for retries, as a share of what gate and audit need without any."""


@dataclass(frozen=True)
class Allotment:
    """Parts of the call budget; ``None`` is unlimited.

    Attributes:
        total: All calls of the run.
        search: For the search with its finalists.
        baseline: For best-of-N, as many as the search may spend; 0 if not asked for.
        attempt: Most calls of one gate attempt, retries included.
        audit: For the final report, retries included.
        replicates: For asking the champion again, retries included; 0 if not asked for.
    """

    total: int | None
    search: int | None
    baseline: int | None
    attempt: int
    audit: int
    replicates: int = 0


def allot(config: Config, task: Task, outlook: Preflight) -> Allotment:
    """Divides the calls.

    Audit and one gate attempt come first, because a search whose result cannot be judged is
    wasted; the search gets its share of the whole, or what is left if that is less.

    Raises:
        BudgetError: The budget cannot pay for one comparison.
    """
    _check_share(config)
    total = without_judge(config).calls
    # Seed and champion; reading the seed otherwise needs no further call.
    arms = 3 if config.search.best_of_n else 2
    audited = sum(len(s) for s in task.of("audit") if s.domain == task.domain)
    audit = with_slack(arms * audited)
    judged = config.search.gate_attempts > 0 and outlook.attempts_left > 0
    attempt = with_slack(outlook.max_calls) if judged else 0
    again = _replicates(config, task)
    if total is None:
        drawn = None if config.search.best_of_n else 0
        return Allotment(None, None, drawn, attempt, audit, again)
    parts = 2 if config.search.best_of_n else 1
    search = min(int(config.search.share * total), (total - audit - attempt - again) // parts)
    least = least_search(config, task)
    needed = attempt + audit + again + least * parts
    if search < least:
        raise BudgetError(
            f"{total} calls are too few: a gate attempt needs up to {attempt}, the audit "
            f"{audit}, the search at least {least * parts}"
            + (f", gaps.replicates {again}" if again else ""),
            where="budget.calls",
            remedy=f"give at least {needed} calls, or lower gate.n",
        )
    drawn = search if config.search.best_of_n else 0
    return Allotment(total, search, drawn, attempt, audit, again)


def _check_share(config: Config) -> None:
    """Calls are planned for gate and audit; of tokens and money they get what the search leaves."""
    rest = share(config, None, _rest(config))
    for name, limit, left in (
        ("tokens", config.budget.tokens, rest.tokens),
        ("usd", config.budget.usd, rest.money),
    ):
        if limit and not left:
            raise BudgetError(
                f"search.share {config.search.share:g} leaves the gate and the audit nothing of "
                f"budget.{name}",
                where="search.share",
                remedy=f"lower search.share, e.g. to 0.5, or limit calls instead of {name}",
            )


def audit_share(config: Config, calls: int) -> Cost:
    """What is set aside for the final report, beside the search's and the gate's."""
    return share(config, calls, _rest(config))


def baseline_share(config: Config, calls: int | None) -> Cost:
    """What is set aside for best-of-N."""
    return share(config, calls, min(config.search.share, _rest(config)))


def _rest(config: Config) -> float:
    """Share of tokens and money of each of the three that come after the search."""
    return (1 - config.search.share) / 3


def with_slack(calls: int) -> int:
    """Calls with room for retries: a single failure must not end what is nearly done."""
    return calls + math.ceil(RETRY_SLACK * calls) if calls else 0


def without_lost(parts: Allotment, lost: int) -> Allotment:
    """The parts less the calls that were paid for without an answer, see ``Past.lost``.

    What the audit keeps for retries pays first, then what is in no part, the search last: so a
    few kills do not change what is found.

    Args:
        parts: As at the start of the run.
        lost: Calls charged without an answer.
    """
    if parts.total is None:
        return parts
    slack = parts.audit - int(parts.audit / (1 + RETRY_SLACK))
    from_audit = min(lost, slack)
    searched = (parts.search or 0) + (parts.baseline or 0)
    kept = parts.attempt + parts.audit + parts.replicates
    free = max(parts.total - searched - kept, 0)
    from_search = max(lost - from_audit - free, 0)
    search = max((parts.search or 0) - from_search, 0)
    return replace(parts, audit=parts.audit - from_audit, search=search)


def share(config: Config, calls: int | None, part: float) -> Cost:
    """A part of every limit.

    Args:
        config: Resolved config.
        calls: Calls of the part; ``None`` is unlimited.
        part: Its share of tokens and money.
    """
    limits = without_judge(config)
    return Cost(
        calls=calls or 0,
        tokens=int(part * limits.tokens) if limits.tokens is not None else 0,
        money=part * limits.usd if limits.usd is not None else 0.0,
    )


def limits(config: Config) -> Limits:
    """The limits of the whole run, less what is set aside for a judge."""
    rest = without_judge(config)
    return Limits(
        calls=rest.calls,
        tokens=rest.tokens,
        money=rest.usd,
        seconds=None if rest.minutes is None else 60 * rest.minutes,
    )


def judge_limits(config: Config) -> Limits:
    """What a judge may spend: the rest of the whole. Time is the whole run's."""
    whole, rest = config.budget, without_judge(config)
    return Limits(
        calls=None if whole.calls is None or rest.calls is None else whole.calls - rest.calls,
        tokens=None if whole.tokens is None or rest.tokens is None else whole.tokens - rest.tokens,
        money=None if whole.usd is None or rest.usd is None else whole.usd - rest.usd,
    )


def without_judge(config: Config) -> BudgetConfig:
    """The budget less the judge's share; the budget itself where no judge is named."""
    whole, judge = config.budget, config.judge
    if judge is None:
        return whole
    part = 1 - judge.share
    return whole.model_copy(
        update={
            "calls": None if whole.calls is None else int(part * whole.calls),
            "tokens": None if whole.tokens is None else int(part * whole.tokens),
            "usd": None if whole.usd is None else part * whole.usd,
        }
    )


def _replicates(config: Config, task: Task) -> int:
    """Calls for asking the champion again."""
    own = max((len(s) for s in task.of("search") if s.domain == task.domain), default=0)
    asked = min(config.gaps.examples, config.search.blocks[-1], own)
    return with_slack(config.gaps.replicates * asked)


def least_search(config: Config, task: Task) -> int:
    """Calls below which the search cannot race one child against the genome in force."""
    search = config.search
    own = max((len(s) for s in task.of("search") if s.domain == task.domain), default=0)
    others = sum(s.domain != task.domain for s in task.of("search"))
    block = min(search.blocks[-1], own)
    reserve = min(search.reserve, own - block)
    finalists = (search.finalists + 1) * reserve
    return 2 * (block + others * search.regression) + finalists
