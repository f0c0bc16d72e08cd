"""The writer: reserved before each call, written down, stored once, never beyond the budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import MemoryStore
from support_proposers import Desk, said

from evo.models import Completion, PromptLengthError, Request
from evo.models.model import NoAnswerError
from evo.proposers import Writer
from evo.storage import Store
from fitness.budget import BudgetExhaustedError, Cost, Limits
from fitness.evaluator import Course, Policy
from fitness.response import Response
from genomes.errors import ModelError, StoppedError, TransientModelError

MESSAGES = ({"role": "user", "content": "é" * 10},)
BUSY = TransientModelError("busy")


def ask(desk: Desk, seed: int = 1, operator: str = "reflect") -> Response:
    request = desk.writer.request(MESSAGES, np.random.default_rng(seed), max_tokens=50)
    return desk.writer.ask(request, operator)


def test_a_request_samples_with_a_seed_from_the_generator() -> None:
    writer = Desk([]).writer
    first, same, other = (
        writer.request(MESSAGES, np.random.default_rng(seed), max_tokens=9000, schema={"a": 1})
        for seed in (1, 1, 2)
    )
    assert first == same
    assert first.seed != other.seed
    assert first.temperature > 0
    assert first.max_tokens == 1024, "the writer's own limit"


def test_a_call_stands_in_the_ledger_before_it_is_made() -> None:
    def look(_: Request) -> Completion:
        assert desk.store.calls == ["proposals"]
        assert desk.budget.left() == 9
        return said("x")

    desk = Desk(look, limits=Limits(calls=10))
    assert ask(desk).text == "x"
    assert desk.store.settled == [1]
    assert desk.budget.spent == Cost(1, 120, 0.0)


def test_the_ledger_names_purpose_and_operator(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        store.start_run("run", "a", "{}", 1)
        desk = Desk([said("x"), BUSY, said("y")], store=store)  # type: ignore[arg-type]
        ask(desk, 1, "reflect")
        ask(desk, 2, "induce")
        spent = store.spent_on("run")
    assert spent[("proposals", "reflect")]["calls"] == 1
    assert spent[("proposals", "induce")]["calls"] == 2


def test_a_warm_store_is_charged_alike_and_nothing_is_bought() -> None:
    cold = Desk([said("a"), said("b")])
    first = [ask(cold, 1), ask(cold, 1)]  # the same request twice: two samples
    warm = Desk([], store=cold.store)
    assert [ask(warm, 1), ask(warm, 1)] == first
    assert [r.text for r in first] == ["a", "b"]
    assert warm.model.calls == warm.writer.bought == 0
    assert warm.writer.replayed == 2
    assert warm.budget.spent == cold.budget.spent
    assert warm.writer.tally.as_dict() == cold.writer.tally.as_dict()


def test_another_model_answers_anew() -> None:
    store = MemoryStore()
    ask(Desk([said("a")], store=store))
    other = Desk([said("b")], store=store)
    other.model._name = "other"
    assert ask(other).text == "b"


def test_unknown_counts_are_charged_at_their_bound() -> None:
    desk = Desk([Completion("x")], price=(1.0, 2.0))
    ask(desk)
    prompt = 64 + 20 + 16
    assert desk.budget.spent == Cost(1, prompt + 50, prompt + 100.0)


def test_the_bound_holds_bytes_of_messages_and_schema() -> None:
    desk = Desk([Completion("x"), Completion("x")])
    rng = np.random.default_rng(1)
    for schema, extra in ((None, 0), ({"type": "é"}, len('{"type":"é"}'.encode()))):
        before = desk.budget.spent.tokens
        desk.writer.ask(desk.writer.request(MESSAGES, rng, max_tokens=50, schema=schema), "x")
        assert desk.budget.spent.tokens - before == 64 + 20 + 16 + 50 + extra


def test_what_does_not_fit_is_not_asked() -> None:
    desk = Desk([said("x")], limits=Limits(tokens=149))
    with pytest.raises(BudgetExhaustedError):
        ask(desk)
    assert desk.model.calls == 0
    assert desk.store.calls == []
    assert desk.budget.spent == Cost()


def test_a_money_budget_with_an_unknown_price_buys_nothing() -> None:
    desk = Desk([said("x")], limits=Limits(money=10.0), price=None)
    with pytest.raises(BudgetExhaustedError):
        ask(desk)
    assert desk.model.calls == 0


def test_each_try_is_charged_and_the_answer_comes_through() -> None:
    desk = Desk([BUSY, BUSY, said("x")])
    assert ask(desk).text == "x"
    assert desk.budget.spent.calls == desk.writer.bought == len(desk.store.calls) == 3
    assert desk.store.settled == [1, 2, 3]
    assert desk.writer.tally.rows["reflect"].cost == desk.budget.spent


def test_a_reply_that_never_comes_is_missing_and_not_stored() -> None:
    desk = Desk([BUSY] * 3)
    assert ask(desk).status == "infra_error"
    assert desk.store.responses == {}
    assert desk.writer.failed == 1
    assert desk.budget.spent.calls == 3


def test_a_retry_that_does_not_fit_is_not_made() -> None:
    desk = Desk([BUSY] * 3, limits=Limits(calls=2))
    assert ask(desk).status == "infra_error"
    assert desk.model.calls == desk.budget.spent.calls == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.booleans(), max_size=30),
    st.integers(0, 12),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(0, 2000)),
)
def test_no_course_of_failures_exceeds_the_budget(
    fails: list[bool], calls: int, retries: int, tokens: int | None
) -> None:
    script = [BUSY if fail else said("x", 50) for fail in fails] + [said("x", 50)] * 60
    policy = Policy(retries=retries, wait=0.0, max_error_rate=1.0)
    desk = Desk(script, limits=Limits(calls=calls, tokens=tokens), policy=policy)
    for seed in range(15):
        try:
            ask(desk, seed)
        except BudgetExhaustedError:
            continue
    assert desk.model.calls == desk.budget.spent.calls == len(desk.store.calls) <= calls
    assert tokens is None or desk.budget.spent.tokens <= tokens
    assert sorted(desk.store.settled) == list(range(1, desk.model.calls + 1))
    assert desk.budget.left() == calls - desk.budget.spent.calls, "no reservation is left behind"


@pytest.mark.parametrize("error", [PromptLengthError("too long"), NoAnswerError("filtered")])
def test_what_asking_again_cannot_cure_is_stored_once(error: ModelError) -> None:
    desk = Desk([error])
    assert ask(desk).status == "limit"
    assert ask(Desk([], store=desk.store)).status == "limit"


def test_a_model_that_cannot_be_used_ends_the_run_and_is_charged() -> None:
    desk = Desk([ModelError("wrong key")], limits=Limits(calls=5))
    with pytest.raises(ModelError, match="wrong key"):
        ask(desk)
    assert desk.budget.left() == 4
    assert desk.store.settled == [1]


def test_a_model_that_fails_too_often_ends_the_run() -> None:
    desk = Desk([BUSY] * 90)
    for seed in range(6):
        ask(desk, seed)
    assert desk.model.calls == 18
    with pytest.raises(ModelError, match="failed after retries"):
        ask(desk, 6)


def test_many_retries_do_not_hide_an_outage() -> None:
    desk = Desk([BUSY] * 90, policy=Policy(retries=9, wait=0.0))
    ask(desk, 1)
    with pytest.raises(ModelError, match="2 of 2 responses of the proposer model failed"):
        ask(desk, 2)


def test_text_without_bytes_is_made_storable(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        store.start_run("run", "a", "{}", 1)
        desk = Desk([said("a\ud800b")], store=store)  # type: ignore[arg-type]
        assert ask(desk).text == "a?b"
        assert ask(Desk([], store=store)).text == "a?b"  # type: ignore[arg-type]


def test_failures_before_a_resumption_are_charged_again_and_not_tried_again() -> None:
    cold = Desk([BUSY, BUSY, said("x")])
    ask(cold)
    (key,) = cold.store.responses
    again = Desk([], store=cold.store, course=Course(failed={key: 2}))
    ask(again)
    assert again.budget.spent == cold.budget.spent


def test_a_stopped_run_asks_nothing_more() -> None:
    desk = Desk([said("x")], course=Course(stop=lambda: True))
    with pytest.raises(StoppedError):
        ask(desk)
    assert desk.model.calls == desk.budget.spent.calls == 0


def test_the_owner_hears_of_what_is_bought_only() -> None:
    heard: list[str] = []
    course = Course(
        on_buying=lambda: heard.append("before"), on_response=lambda: heard.append("after")
    )
    desk = Desk([said("x")], course=course)
    ask(desk)
    ask(Desk([], store=desk.store, course=course))
    assert heard == ["before", "after"]


def test_a_writer_needs_no_policy() -> None:
    desk = Desk([said("x")])
    writer = Writer(desk.model, desk.store, "run", desk.budget)
    request = writer.request(MESSAGES, np.random.default_rng(1), max_tokens=5)
    assert writer.ask(request, "x").text == "x"
