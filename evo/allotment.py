"""How the calls of a run are divided before the first one is made."""

from __future__ import annotations

from dataclasses import dataclass

from evo.config import Config
from evo.gate import Preflight
from evo.task import Task
from fitness.budget import Limits
from genomes.errors import BudgetError


@dataclass(frozen=True)
class Allotment:
    """Parts of the call budget; ``None`` is unlimited.

    Attributes:
        total: All calls of the run.
        search: For the search with its finalists.
        baseline: For best-of-N, as many as the search may spend; 0 if not asked for.
        attempt: Most calls of one gate attempt.
        audit: For the final report.
    """

    total: int | None
    search: int | None
    baseline: int | None
    attempt: int
    audit: int


def allot(config: Config, task: Task, outlook: Preflight) -> Allotment:
    """Divides the budget.

    Audit and one gate attempt come first, because a search whose result cannot be judged is
    wasted; the search gets its share of the whole, or what is left if that is less.

    Raises:
        BudgetError: The budget cannot pay for one comparison.
    """
    total = config.budget.calls
    arms = 3 if config.search.best_of_n else 2
    audit = arms * sum(len(suite) for suite in task.of("audit"))
    attempt = outlook.max_calls if config.search.gate_attempts and outlook.attempts_left else 0
    if total is None:
        return Allotment(None, None, None if config.search.best_of_n else 0, attempt, audit)
    left = total - audit - attempt
    parts = 2 if config.search.best_of_n else 1
    search = min(int(config.search.share * total), left // parts)
    least = _least(config, task)
    if search < least:
        raise BudgetError(
            f"{total} calls are too few: a gate attempt needs up to {attempt}, the audit "
            f"{audit}, the search at least {least * parts}",
            where="budget.calls",
            remedy=f"give at least {attempt + audit + least * parts} calls, or lower gate.n",
        )
    return Allotment(total, search, search if config.search.best_of_n else 0, attempt, audit)


def _least(config: Config, task: Task) -> int:
    """Calls below which the search cannot compare one child with the genome in force."""
    search = config.search
    own = max((len(s) for s in task.of("search") if s.domain == task.domain), default=0)
    others = sum(s.domain != task.domain for s in task.of("search"))
    block = min(search.blocks[-1], own)
    reserve = min(search.reserve, own - block)
    return block + others * search.regression + 2 * search.blocks[0] + search.finalists * reserve


def limits(config: Config) -> Limits:
    """The limits of the whole run."""
    minutes = config.budget.minutes
    return Limits(
        calls=config.budget.calls,
        tokens=config.budget.tokens,
        money=config.budget.usd,
        seconds=None if minutes is None else 60 * minutes,
    )
