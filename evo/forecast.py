"""What a run will cost, as far as that can be known before the first call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evo.allotment import Allotment, judge_limits, with_slack
from evo.prices import check_money, known_prices
from genomes import render

if TYPE_CHECKING:
    from evo.config import Config
    from evo.gate import Preflight
    from evo.models import Price
    from evo.storage import Store
    from evo.storage.calls import Spend
    from evo.task import Task
    from fitness.suites import Suite

_BYTES_A_TOKEN = 4
_TURN_TOKENS = 4


@dataclass(frozen=True)
class PartForecast:
    """One purpose. ``None`` is unknown or unlimited, never 0 in its place.

    Attributes:
        purpose: ``search``, ``best_of_n``, ``gate``, ``regression``, ``replicates``,
            ``audit``, ``judge``; ``all``.
        calls: At most.
        tokens: About, if all calls are made.
        money: USD, about.
        seconds: Wall time, about.
    """

    purpose: str
    calls: int | None
    tokens: int | None
    money: float | None
    seconds: float | None


@dataclass(frozen=True)
class Forecast:
    """What a run will cost if it uses all its calls.

    Attributes:
        parts: One row a purpose, the total last.
        basis: ``prompts`` (tokens from the seed's prompts, four bytes a token, whole replies) or
            ``run`` (what calls took in the latest run with the same models).
        proposals: Whether the search's calls are shared with a model that writes proposals,
            whose prompts are longer and which may have another price.
    """

    parts: tuple[PartForecast, ...]
    basis: str
    proposals: bool


@dataclass(frozen=True)
class _Call:
    """One call on average: tokens read and written, USD, seconds."""

    tokens: float | None
    money: float | None
    seconds: float | None = None


def forecast(config: Config, task: Task, parts: Allotment, outlook: Preflight) -> Forecast:
    """Looks ahead without a model.

    Args:
        config: Resolved config.
        task: What the run works on.
        parts: How the calls are divided.
        outlook: State of the gate.

    Raises:
        BudgetError: A budget in USD and an unknown price.
    """
    prices = known_prices(config)
    check_money(config, prices)
    past = _latest(config)
    calls = _calls(config, task, parts, outlook)
    rows = [
        _row(purpose, count, past or _by_prompts(config, task, role, prices), config.run.jobs)
        for purpose, count, role in calls
    ]
    if config.judge is not None:  # how long its prompts are depends on the answers
        rows.append(PartForecast("judge", judge_limits(config).calls, None, None, None))
    basis = "prompts" if past is None else "run"
    proposals = config.models.proposer is not None
    return Forecast((*rows, _total(rows, config.budget.calls)), basis, proposals)


def _calls(
    config: Config, task: Task, parts: Allotment, outlook: Preflight
) -> list[tuple[str, int | None, str]]:
    """(purpose, calls at most, role of the suites) of each purpose that the run has."""
    attempts = min(config.search.gate_attempts, outlook.attempts_left)
    guarded = sum(part.n for part in outlook.regressions)
    rows: list[tuple[str, int | None, str]] = [("search", parts.search, "search")]
    if parts.baseline != 0:
        rows.append(("best_of_n", parts.baseline, "search"))
    rows.append(("gate", attempts * with_slack(2 * outlook.n), "gate"))
    if guarded:
        rows.append(("regression", attempts * with_slack(2 * guarded), "regression"))
    if parts.replicates:
        rows.append(("replicates", parts.replicates, "search"))
    if task.of("audit"):
        rows.append(("audit", parts.audit, "audit"))
    return rows


def _row(purpose: str, calls: int | None, one: _Call, jobs: int) -> PartForecast:
    def of(value: float | None) -> float | None:
        return None if value is None or calls is None else value * calls

    tokens, seconds = of(one.tokens), of(one.seconds)
    return PartForecast(
        purpose=purpose,
        calls=calls,
        tokens=None if tokens is None else round(tokens),
        money=of(one.money),
        seconds=None if seconds is None else seconds / jobs,
    )


def _total(rows: Sequence[PartForecast], most: int | None) -> PartForecast:
    """All parts; further gate attempts take place only if the search leaves calls for them."""
    calls, tokens = _sum(row.calls for row in rows), _sum(row.tokens for row in rows)
    money, seconds = _sum(row.money for row in rows), _sum(row.seconds for row in rows)
    share = most / calls if calls and most is not None and most < calls else 1.0
    return PartForecast(
        purpose="all",
        calls=None if calls is None else round(calls * share),
        tokens=None if tokens is None else round(tokens * share),
        money=None if money is None else money * share,
        seconds=None if seconds is None else seconds * share,
    )


def _sum(values: Iterable[float | None]) -> float | None:
    found = list(values)
    return None if None in found else sum(value or 0 for value in found)


def _by_prompts(config: Config, task: Task, role: str, prices: dict[str, Price | None]) -> _Call:
    suites = [suite for suite in task.suites if suite.role == role]
    sizes = [size for suite in suites for size in _sizes(task, suite)]
    if not sizes or not config.agent.asks_a_model:  # what another agent asks is its own affair
        return _Call(None, None)
    prompt = sum(read for read, _ in sizes) / len(sizes)
    reply = sum(written for _, written in sizes) / len(sizes)
    price = prices["models.task.price"]
    money = None if price is None else price[0] * prompt + price[1] * reply
    return _Call(prompt + reply, money)


def _sizes(task: Task, suite: Suite) -> list[tuple[float, int]]:
    rendered = render(task.seed, suite.domain)
    return [
        (
            sum(
                _TURN_TOKENS + len(turn["content"].encode()) / _BYTES_A_TOKEN
                for turn in rendered.messages(example.inputs)
            ),
            rendered.sampling.max_tokens,
        )
        for example in suite
    ]


def _latest(config: Config) -> _Call | None:
    """What a call took in the latest run with the same agent and models."""
    if not config.store_path.is_file():
        return None
    from evo.storage import Store

    with Store(config.store_path) as store:
        return _measured(config, store)


def _measured(config: Config, store: Store) -> _Call | None:
    wanted = json.loads(config.model_dump_json())
    for run in reversed(store.runs()):
        before = json.loads(run["config_json"])
        if any(before.get(key) != wanted[key] for key in ("name", "models", "agent")):
            continue
        spent = _all(list(store.spent(run["id"]).values()))
        if spent is not None:
            return spent
    return None


def _all(spends: Sequence[Spend]) -> _Call | None:
    calls = sum(spend["calls"] for spend in spends)
    answered = calls - sum(spend["failed"] for spend in spends)
    if not answered:
        return None
    tokens, money = _sum(s["tokens"] for s in spends), _sum(s["money"] for s in spends)
    return _Call(
        tokens=None if tokens is None else tokens / calls,
        money=None if money is None else money / calls,
        seconds=sum(spend["seconds"] for spend in spends) / answered,
    )
