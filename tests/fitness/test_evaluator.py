"""The evaluator: the store first, one budget, retries, order, missing data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import MemoryStore, RuleAgent, labelled

from fitness.budget import Budget, BudgetExhaustedError, Cost, Limits
from fitness.evaluator import Evaluator, Policy
from fitness.response import Response
from fitness.suites import Example, Suite
from genomes import DecisionGene, Genome, Rendered
from genomes.errors import ModelError, TransientModelError


def _right(rendered: Rendered, example: Example) -> Response:
    return labelled(-1.0, -2.0) if example.target == "good" else labelled(-2.0, -1.0)


def _evaluator(agent: RuleAgent, store: MemoryStore, **policy: float) -> Evaluator:
    return Evaluator(agent, store, "run", Policy(wait=0.0, **policy))  # type: ignore[arg-type]


def _budget(calls: int = 1000) -> Budget:
    return Budget(Limits(calls=calls))


def test_nothing_is_bought_twice(store: MemoryStore, genome: Genome, suite: Suite) -> None:
    agent, budget = RuleAgent(_right), _budget()
    evaluator = _evaluator(agent, store)
    for _ in range(2):
        rows = evaluator.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")
    assert [o.score for o in rows[0]] == [1.0] * 20
    assert len(agent.asked) == budget.spent.calls == len(store.calls) == 20
    assert sorted(store.settled) == list(range(1, 21))


def test_a_stored_response_is_charged_but_not_bought(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    _evaluator(RuleAgent(_right), store).evaluate(
        [genome], suite, suite.examples, budget=_budget(), purpose="search"
    )
    agent, budget = RuleAgent(_right), _budget()
    second = _evaluator(agent, store)
    second.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")
    assert agent.asked == []
    assert budget.spent.calls == second.tally.replayed == 20


@pytest.mark.parametrize("jobs", [1, 4])
def test_examples_with_equal_inputs_share_one_call(
    store: MemoryStore, genome: Genome, suite: Suite, jobs: int
) -> None:
    first = suite.examples[0]
    twin = replace(first, id="twin", target="bad" if first.target == "good" else "good")
    examples = (first, twin, suite.examples[1])
    double = replace(suite, examples=examples)
    agent, budget = RuleAgent(_right), _budget()
    evaluator = _evaluator(agent, store, jobs=jobs)
    assert evaluator.price([genome], double, examples).calls == 2
    rows = evaluator.evaluate([genome], double, examples, budget=budget, purpose="search")
    assert [o.score for o in rows[0]] == [1.0, 0.0, 1.0]
    assert len(agent.asked) == budget.spent.calls == len(store.calls) == 2


def test_a_replicate_is_a_measurement_of_its_own(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    agent, budget = RuleAgent(_right), _budget()
    evaluator = _evaluator(agent, store)
    for replicate in (0, 1, 1):
        evaluator.evaluate(
            [genome], suite, suite.examples, budget=budget, purpose="x", replicate=replicate
        )
    assert len(agent.asked) == budget.spent.calls == 40
    assert evaluator.price([genome], suite, suite.examples, replicate=1).calls == 0
    assert evaluator.price([genome], suite, suite.examples, replicate=2).calls == 20


def test_a_reading_gene_costs_nothing(store: MemoryStore, genome: Genome, suite: Suite) -> None:
    agent, budget = RuleAgent(_right), _budget()
    evaluator = _evaluator(agent, store)
    evaluator.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")
    offset = genome.gene("offset")
    assert isinstance(offset, DecisionGene)
    moved = genome.with_gene(offset.model_copy(update={"value": 5.0}))
    rows = evaluator.evaluate([moved], suite, suite.examples, budget=budget, purpose="search")
    assert {o.answer for o in rows[0]} == {"good"}
    assert evaluator.price([moved], suite, suite.examples) == Cost(0, 0, 0.0)
    assert budget.spent.calls == len(agent.asked) == 20


def test_what_does_not_fit_is_refused_before_the_first_call(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    agent, budget = RuleAgent(_right), _budget(19)
    with pytest.raises(BudgetExhaustedError):
        _evaluator(agent, store).evaluate(
            [genome], suite, suite.examples, budget=budget, purpose="search"
        )
    assert agent.asked == []
    assert budget.left() == 19


def test_one_candidate_is_finished_before_the_next(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    other = genome.with_gene(genome.gene("task").model_copy(update={"text": "Decide."}))
    agent = RuleAgent(_right)
    _evaluator(agent, store).evaluate(
        [genome, other], suite, suite.examples[:5], budget=_budget(), purpose="search"
    )
    hashes = [call for call, _ in agent.asked]
    assert hashes == sorted(hashes, key=hashes.index)
    assert [hashes.count(h) for h in dict.fromkeys(hashes)] == [5, 5]


@pytest.mark.parametrize("jobs", [1, 4])
def test_failures_are_retried_charged_and_then_missing(
    store: MemoryStore, genome: Genome, suite: Suite, jobs: int
) -> None:
    def flaky(rendered: Rendered, example: Example) -> Response:
        if example.id == "e3":
            raise TransientModelError("time-out")
        return _right(rendered, example)

    agent, budget = RuleAgent(flaky), _budget()
    evaluator = _evaluator(agent, store, retries=2, jobs=jobs)
    (row,) = evaluator.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")
    assert [o.example_id for o in row if o.missing] == ["e3"]
    assert len(agent.asked) == len(store.calls) == budget.spent.calls == 22
    assert not any("e3" in str(r) for r in store.responses.values())


def test_retries_stop_at_the_budget(store: MemoryStore, genome: Genome, suite: Suite) -> None:
    def dead(rendered: Rendered, example: Example) -> Response:
        raise TransientModelError("down")

    agent, budget = RuleAgent(dead), _budget(3)
    evaluator = _evaluator(agent, store, retries=9)
    (row,) = evaluator.evaluate(
        [genome], suite, suite.examples[:1], budget=budget, purpose="search"
    )
    assert row[0].missing
    assert len(agent.asked) == 3


def test_time_is_looked_at_before_each_call(
    store: MemoryStore, genome: Genome, suite: Suite
) -> None:
    now = [0.0]

    def slow(rendered: Rendered, example: Example) -> Response:
        now[0] += 10.0
        return _right(rendered, example)

    agent = RuleAgent(slow)
    budget = Budget(Limits(calls=30, seconds=45), clock=lambda: now[0])
    evaluator = _evaluator(agent, store)
    with pytest.raises(BudgetExhaustedError, match="seconds"):
        evaluator.evaluate([genome], suite, suite.examples, budget=budget, purpose="search")
    assert now[0] == 50.0, "only what was in flight goes on"
    assert len(agent.asked) == len(store.responses) == budget.spent.calls == 5
    assert budget.left() == 25, "what was not asked for is free again"


@pytest.mark.parametrize("retries", [0, 9])
def test_too_many_failures_end_the_run(
    store: MemoryStore, genome: Genome, suite: Suite, retries: int
) -> None:
    def dead(rendered: Rendered, example: Example) -> Response:
        raise TransientModelError("down")

    evaluator = _evaluator(RuleAgent(dead), store, retries=retries)
    with pytest.raises(ModelError, match="20 of 20 responses failed"):
        evaluator.evaluate([genome], suite, suite.examples, budget=_budget(), purpose="search")


def test_a_hopeless_model_is_not_retried(store: MemoryStore, genome: Genome, suite: Suite) -> None:
    def refused(rendered: Rendered, example: Example) -> Response:
        raise ModelError("no such model")

    agent = RuleAgent(refused)
    with pytest.raises(ModelError, match="no such model"):
        _evaluator(agent, store).evaluate(
            [genome], suite, suite.examples, budget=_budget(), purpose="search"
        )
    assert len(agent.asked) == len(store.settled) == 1


def test_the_number_of_jobs_changes_nothing(genome: Genome, suite: Suite) -> None:
    rows = []
    for jobs in (1, 4):
        evaluator = _evaluator(RuleAgent(_right), MemoryStore(), jobs=jobs)
        rows.append(
            evaluator.evaluate([genome], suite, suite.examples, budget=_budget(), purpose="search")
        )
    assert rows[0] == rows[1]
