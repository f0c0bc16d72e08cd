"""How the owner of a run steers its calls: stopping, and repeating what was charged before."""

from __future__ import annotations

import threading

import pytest
from support import MemoryStore, RuleAgent, labelled

from fitness.budget import Budget, BudgetExhaustedError, Limits
from fitness.evaluator import Course, Evaluator, Policy
from fitness.response import Response, ResponseKey
from fitness.suites import Example, Suite
from genomes import Genome, Rendered, render
from genomes.errors import ModelError, StoppedError


def _answer(rendered: Rendered, example: Example) -> Response:
    return labelled(-1.0, -2.0)


def _evaluator(agent: RuleAgent, store: MemoryStore, jobs: int, course: Course) -> Evaluator:
    return Evaluator(agent, store, "run", Policy(jobs=jobs, wait=0.0), course)


def _measure(evaluator: Evaluator, genome: Genome, suite: Suite, budget: Budget) -> None:
    evaluator.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")


def _budget(calls: int = 1000) -> Budget:
    return Budget(Limits(calls=calls))


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_stop_finishes_and_stores_what_is_in_flight(
    store: MemoryStore, genome: Genome, suite: Suite, jobs: int
) -> None:
    together = threading.Barrier(jobs)
    stopped = threading.Event()

    def slow(rendered: Rendered, example: Example) -> Response:
        together.wait(timeout=10)  # all are in flight when the wish comes
        stopped.set()
        return _answer(rendered, example)

    evaluator = _evaluator(RuleAgent(slow), store, jobs, Course(stop=stopped.is_set))
    with pytest.raises(StoppedError):
        _measure(evaluator, genome, suite, _budget())
    assert len(store.calls) == len(store.settled) == len(store.responses) == jobs


def test_a_call_that_ends_the_run_does_not_waste_the_others(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    together = threading.Barrier(4)

    def one_fails(rendered: Rendered, example: Example) -> Response:
        together.wait(timeout=10)
        if example.id == suite.examples[0].id:
            raise ModelError("no such model")
        return _answer(rendered, example)

    evaluator = _evaluator(RuleAgent(one_fails), store, 4, Course())
    with pytest.raises(ModelError, match="no such model"):
        _measure(evaluator, genome, suite, _budget())
    assert len(store.calls) == len(store.settled) == 4
    assert len(store.responses) == 3


def test_tries_that_failed_before_are_charged_again_and_not_made(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    agent = RuleAgent(_answer)
    rendered = render(genome, suite.domain)
    first = suite.examples[0]
    key = ResponseKey(rendered.call_hash, first.inputs_hash, agent.fingerprint).hash
    course = Course(failed={key: 3})
    evaluator = _evaluator(agent, store, 1, course)
    assert evaluator.price([genome], suite, suite.examples).calls == len(suite) + 3
    with pytest.raises(BudgetExhaustedError):
        _measure(evaluator, genome, suite, _budget(len(suite) + 2))
    assert agent.asked == []
    budget = _budget(len(suite) + 3)
    _measure(evaluator, genome, suite, budget)
    assert len(agent.asked) == len(suite)
    assert budget.spent.calls == len(suite) + 3
    assert evaluator.price([genome], suite, suite.examples).calls == 0


def test_buying_is_told_before_it_and_only_then(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    told: list[int] = []
    for _ in range(2):  # the second finds all in the store
        agent = RuleAgent(_answer)
        course = Course(on_buying=lambda agent=agent: told.append(len(agent.asked)))
        _measure(_evaluator(agent, store, 1, course), genome, suite, _budget())
    assert told == [0]
