"""What a provider is really asked never exceeds the budget, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fault_server import FaultServer, Reply, completion, failure
from support import taste_task

from evo.agents import ChatAgent
from evo.models import LimitedModel, Limiter, ProviderModel
from evo.storage import Store
from fitness.budget import Budget, BudgetExhaustedError, Limits
from fitness.evaluator import Evaluator, Policy
from genomes.errors import ModelError

FAULTS = (
    failure(429, retry_after="0"),
    failure(500),
    Reply(drop=True),
    Reply(b'{"choices": ['),
    completion(choices=[]),
    completion(None),
)
TASK = taste_task()
SUITE = next(suite for suite in TASK.of("search") if suite.domain == TASK.domain)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "evo.db") as opened:
        yield opened


def evaluator(server: FaultServer, store: Store, **policy: float) -> Evaluator:
    price = (1e-6, 2e-6)
    model = LimitedModel(ProviderModel("m", base_url=server.url, price=price), Limiter())
    wanted = {"retries": 3, "wait": 0.0, "max_error_rate": 1.0} | policy
    return Evaluator(ChatAgent(model), store, "r", Policy(**wanted))


def measure(tool: Evaluator, budget: Budget, n: int = 20) -> list[float | None]:
    outcomes = tool.evaluate(
        [TASK.seed], SUITE, SUITE.examples[:n], budget=budget, purpose="search", operator="seed"
    )[0]
    return [outcome.score for outcome in outcomes]


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize("calls", [20, 23, 60])
def test_the_server_counts_no_more_calls_than_the_budget_allows(server, store, jobs, calls):
    rng = np.random.default_rng(calls)
    faulty = rng.random(200) < 0.4
    kind = rng.integers(len(FAULTS), size=200)
    server.behave = lambda n, body, headers: FAULTS[kind[n]] if faulty[n] else completion()
    budget = Budget(Limits(calls=calls, tokens=10**6, money=1.0))
    tool = evaluator(server, store, jobs=jobs)
    scores = measure(tool, budget)
    asked = len(server.requests)
    assert asked <= calls
    assert asked == tool.tally.bought == budget.spent.calls == store.spent("r")["search"]["calls"]
    well = sum(not faulty[n] for n in range(asked))
    assert sum(score is not None for score in scores) == well, "a failure is missing, never 0"


def test_counts_that_a_server_withholds_are_charged_at_their_bound(server, store):
    server.always(completion(usage=None))
    tool = evaluator(server, store)
    bound = tool.price([TASK.seed], SUITE, SUITE.examples[:5])
    budget = Budget(Limits(tokens=bound.tokens, money=bound.money))
    measure(tool, budget, 5)
    assert budget.spent.tokens == bound.tokens
    assert budget.spent.money == pytest.approx(bound.money)
    with pytest.raises(BudgetExhaustedError):
        tool.evaluate([TASK.seed], SUITE, SUITE.examples[5:6], budget=budget, purpose="search")
    assert len(server.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 402, 404])
def test_a_final_failure_ends_it_after_one_request(server, store, status):
    server.always(failure(status))
    with pytest.raises(ModelError):
        measure(evaluator(server, store), Budget(Limits(calls=100)))
    assert len(server.requests) == 1


def test_a_provider_that_mostly_fails_ends_the_run(server, store):
    server.always(failure(500))
    with pytest.raises(ModelError, match="failed after retries"):
        measure(evaluator(server, store, max_error_rate=0.1), Budget(Limits(calls=100)))
    assert len(server.requests) <= 100
