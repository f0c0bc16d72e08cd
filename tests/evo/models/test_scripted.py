from __future__ import annotations

import pytest

from evo.models import Completion, Request, ScriptedModel, cost
from genomes.errors import ModelError, TransientModelError

ASK = Request(messages=({"role": "user", "content": "hi"},))


def test_a_function_answers_by_request_and_calls_are_counted():
    model = ScriptedModel(lambda request: Completion(request.messages[-1]["content"].upper()))
    assert model.complete(ASK).text == "HI"
    assert model.complete(ASK).text == "HI"
    assert model.calls == 2
    assert model.requests == (ASK, ASK)


def test_a_list_answers_in_order_fails_where_told_and_ends():
    busy = TransientModelError("busy")
    model = ScriptedModel([Completion("a"), busy, Completion("b")])
    assert model.complete(ASK).text == "a"
    with pytest.raises(TransientModelError):
        model.complete(ASK)
    assert model.complete(ASK).text == "b"
    with pytest.raises(ModelError, match="no reply to call 4"):
        model.complete(ASK)
    assert model.calls == 4, "failed calls count"


def test_the_fingerprint_follows_the_name():
    assert ScriptedModel([], name="a").fingerprint != ScriptedModel([], name="b").fingerprint


@pytest.mark.parametrize(
    ("price", "prompt", "written", "expected"),
    [
        ((0.5, 2.0), 10, 1, 7.0),
        ((0.0, 0.0), 10, 1, 0.0),
        (None, 10, 1, None),
        ((0.5, 2.0), None, 1, None),
        ((0.5, 2.0), 10, None, None),
    ],
)
def test_an_unknown_cost_is_never_zero(price, prompt, written, expected):
    assert cost(price, prompt, written) == expected
