from __future__ import annotations

import pytest

from evo.agents import CallableAgent, ChatAgent
from evo.models import Completion, PromptLengthError, Request, ScriptedModel
from fitness.protocols import Agent
from fitness.suites import Example
from genomes.errors import DataError, ModelError, TransientModelError
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn

EXAMPLE = Example("1", {"text": "fine {{ text }}"}, "yes", "d", "c")
RENDERED = Rendered(
    "d",
    (Turn("system", "Answer."), Turn("user", "shown", literal=True), Turn("user", "Q: {{ text }}")),
    Sampling(temperature=0.5, max_tokens=3, top_logprobs=4),
    ReadingRule(),
)


def test_chat_sends_what_was_rendered_and_gives_back_what_was_said():
    said = Completion("yes", (("yes", -0.1),), 9, 1, 0.25, 1.5)
    model = ScriptedModel([said], price=(0.1, 0.2))
    agent: Agent = ChatAgent(model)
    got = agent.run(RENDERED, EXAMPLE)
    (sent,) = model.requests
    assert sent == Request(tuple(RENDERED.messages(EXAMPLE.inputs)), 3, 0.5, 4)
    assert (got.text, got.logprobs, got.prompt_tokens, got.completion_tokens, got.money) == (
        "yes", (("yes", -0.1),), 9, 1, 0.25,
    )  # fmt: skip
    assert (got.seconds, got.status, agent.price) == (1.5, "ok", (0.1, 0.2))
    assert agent.stateless


def test_chat_takes_an_overlong_prompt_as_the_prompts_own_fault():
    got = ChatAgent(ScriptedModel([PromptLengthError("too long")])).run(RENDERED, EXAMPLE)
    assert (got.status, got.text) == ("limit", "")
    assert "too long" in str(got.error)


@pytest.mark.parametrize("error", [TransientModelError("busy"), ModelError("no")])
def test_chat_lets_failures_of_the_model_through(error):
    with pytest.raises(type(error)) as caught:
        ChatAgent(ScriptedModel([error])).run(RENDERED, EXAMPLE)
    assert caught.value is error


def test_fingerprints_follow_the_model_and_the_function():
    one, two = (ChatAgent(ScriptedModel([], name=name)) for name in "ab")
    assert one.fingerprint != two.fingerprint
    assert CallableAgent(print, "1").fingerprint != CallableAgent(print, "2").fingerprint


def test_a_function_gets_messages_and_inputs_but_no_target():
    seen: list[object] = []

    def function(messages, inputs):
        seen.extend([messages, inputs])
        return "yes"

    agent: Agent = CallableAgent(function, "1")
    assert agent.run(RENDERED, EXAMPLE).text == "yes"
    assert seen == [RENDERED.messages(EXAMPLE.inputs), dict(EXAMPLE.inputs)]
    assert not agent.stateless, "it has to be declared"


def test_a_function_may_give_any_field_of_a_response():
    def function(messages, inputs):
        return {"text": "no", "prompt_tokens": 4, "logprobs": [["no", -1]]}

    got = CallableAgent(function, "1", stateless=True).run(RENDERED, EXAMPLE)
    assert (got.prompt_tokens, got.logprobs, got.money) == (4, (("no", -1.0),), None)


@pytest.mark.parametrize("reply", [None, 3, {}, {"text": 1}, {"text": "a", "cost": 2}])
def test_a_reply_of_another_shape_is_refused(reply):
    with pytest.raises(ModelError, match="the agent's function gave"):
        CallableAgent(lambda messages, inputs: reply, "1").run(RENDERED, EXAMPLE)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (KeyError("x"), ModelError),
        (ConnectionResetError("gone"), TransientModelError),
        (TimeoutError("slow"), TransientModelError),
        (DataError("no data"), DataError),
    ],
)
def test_what_a_function_raises_joins_the_tree_of_errors(raised, expected):
    def function(messages, inputs):
        raise raised

    with pytest.raises(expected) as caught:
        CallableAgent(function, "1").run(RENDERED, EXAMPLE)
    assert type(caught.value) is expected
