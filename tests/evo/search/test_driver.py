"""What the finalists need is kept back in every limit, and limits in calls alone change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import MemoryStore, RuleAgent, taste_reply, taste_task

from evo.search import Search, SearchConfig
from evo.search.driver import Driver
from fitness.budget import Budget, Limits
from fitness.evaluator import Evaluator
from fitness.response import Response

CONFIG = SearchConfig(blocks=(10, 20, 40), children=6, reserve=20, regression=5, finalists=3)
REACH = 60


def _run(limits: Limits, price: tuple[float, float] = (0.0, 0.0)) -> tuple[Search, Budget]:
    task = taste_task()
    own, other = task.of("search")
    search = Search(task.seed, task.spec, own, (other,), CONFIG, np.random.default_rng(1))

    def reply(*given: object) -> Response:
        # As many tokens as the upper bound allows would be; most models use fewer.
        return replace(taste_reply(*given), prompt_tokens=120, completion_tokens=1)  # type: ignore[arg-type]

    agent = RuleAgent(reply, price=price)
    budget = Budget(limits)
    Driver(Evaluator(agent, MemoryStore(), "r"), task.spec, own, budget).run(search, lambda _: None)
    return search, budget


@pytest.mark.parametrize(
    ("limits", "price"),
    [
        (Limits(calls=5000, tokens=60_000), (0.0, 0.0)),
        (Limits(calls=5000, money=60.0), (0.001, 0.001)),
        (Limits(tokens=60_000), (0.0, 0.0)),
    ],
)
def test_the_winner_is_confirmed_whatever_ends_the_search(
    limits: Limits, price: tuple[float, float]
) -> None:
    search, budget = _run(limits, price)
    best = search.archive.ranked()[0]
    assert search.generation > 0
    assert len(best.outcomes) == REACH, "chosen on what it was bred on, it would look too good"
    assert limits.tokens is None or budget.spent.tokens <= limits.tokens
    assert limits.money is None or (budget.spent.money or 0) <= limits.money


def test_limits_in_calls_alone_keep_back_calls_alone() -> None:
    search, budget = _run(Limits(calls=900))
    driver = Driver(Evaluator(RuleAgent(taste_reply), MemoryStore(), "r"), *_rest(budget))
    assert driver._kept(search).tokens == 0
    assert driver._kept(search).calls == search.finalist_calls


def _rest(budget: Budget) -> tuple[object, object, Budget]:
    task = taste_task()
    return task.spec, task.of("search")[0], budget
