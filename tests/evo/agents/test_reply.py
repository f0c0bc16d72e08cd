from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.agents.reply import from_json, question, tail, to_response
from evo.agents.sections import sections
from fitness.response import Response
from fitness.suites import Example
from genomes import Conduct, Policy
from genomes.errors import ModelError
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn

EXAMPLE = Example("1", {"text": "fine"}, "the target", "d", "c")
RENDERED = Rendered("d", (Turn("user", "Q: {{ text }}"),), Sampling(0.5, 3, 4), ReadingRule())


def test_an_outside_agent_is_asked_without_the_target():
    asked = question(RENDERED, EXAMPLE)
    assert asked == {
        "messages": [{"role": "user", "content": "Q: fine"}],
        "inputs": {"text": "fine"},
        "sampling": {"temperature": 0.5, "max_tokens": 3, "top_logprobs": 4},
    }
    assert "the target" not in json.dumps(asked)


def test_rules_and_conduct_reach_an_outside_agent_that_has_to_keep_them():
    steered = replace(RENDERED, policy=Policy(("a first",)), conduct=Conduct(max_steps=3))
    asked = json.loads(json.dumps(question(steered, EXAMPLE)))
    assert asked["policy"] == {"rules": ["a first"], "ties": "given"}
    assert asked["conduct"]["max_steps"] == 3


def test_every_field_of_a_response_can_be_given():
    reply = {
        "text": "a",
        "prompt_tokens": 3,
        "completion_tokens": 1,
        "steps": 2,
        "money": 0.5,
        "seconds": 1.5,
        "status": "limit",
        "error": "long",
        "logprobs": [["a", -1]],
        "trace": ["call: look()"],
    }
    expected = {**reply, "logprobs": (("a", -1.0),), "trace": ("call: look()",)}
    assert to_response(reply, 9.0, "it") == Response(**expected)
    with pytest.raises(ModelError, match="trace 'x', expected a list of texts"):
        to_response({"text": "a", "trace": "x"}, 1.0, "it")


def test_null_is_as_good_as_not_said():
    assert to_response({"text": "a", "money": None, "status": None}, 1.0, "it") == Response(
        "a", seconds=1.0
    )


@pytest.mark.parametrize(
    "field",
    [
        {"prompt_tokens": -1},
        {"prompt_tokens": True},
        {"completion_tokens": 1.5},
        {"steps": "3"},
        {"money": math.nan},
        {"money": -0.1},
        {"seconds": math.inf},
        {"status": "fine"},
        {"error": 3},
        {"logprobs": [["a"]]},
        {"logprobs": [[1, -0.5]]},
        {"logprobs": {"a": -0.5}},
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(field):
    with pytest.raises(ModelError, match=next(iter(field))):
        to_response({"text": "a", **field}, 0.0, "it")


@pytest.mark.parametrize("text", ["", "done", '{"text": "a"', '{"text": "a"} and more', "[1]"])
def test_output_that_is_not_one_object_is_refused(text):
    with pytest.raises(ModelError, match="it gave"):
        from_json(text, 0.0, "it")


def test_the_end_of_a_text_without_its_secrets():
    assert tail("key=abc failed", ("abc", "")) == "key=*** failed"
    assert tail("x" * 500, longest=10) == "..." + "x" * 10


def test_headings_that_name_a_part_begin_its_text():
    text = "Be brief.\n# find\nLook it up.\n# Rules\nNone.\n# say\nAnswer."
    assert sections(text, ("find", "say", "rest")) == {
        "find": "Be brief.\n\nLook it up.\n# Rules\nNone.",
        "say": "Be brief.\n\nAnswer.",
        "rest": "Be brief.",
    }
    assert sections("# find\nLook.", ("find", "say")) == {"find": "Look."}


@given(st.text(alphabet="# ab\n"), st.lists(st.sampled_from(["a", "b", "ab"]), unique=True))
def test_sections_lose_no_line(text, names):
    found = sections(text, names)
    if names:
        kept = "\n".join(found.values())
        wanted = [
            line for line in text.splitlines() if line.removeprefix("# ").strip() not in names
        ]
        assert all(line.strip() in kept for line in wanted)


@pytest.mark.parametrize(
    "field",
    [
        {"money": 10**400},
        {"prompt_tokens": 10**30},
        {"logprobs": [["a", 10**400]]},
        {"logprobs": [["a", math.inf]]},
    ],
)
def test_numbers_that_no_store_or_scorer_could_hold_are_refused(field):
    with pytest.raises(ModelError, match="expected"):
        to_response({"text": "a", **field}, 0.0, "it")


def test_nesting_without_end_is_no_defect_of_evogate():
    with pytest.raises(ModelError, match="gave no JSON"):
        from_json("[" * 200_000, 0.0, "it")


def test_half_a_character_can_be_stored():
    assert from_json(r'{"text": "a\ud800", "error": "\udfff"}', 0.0, "it").text.encode() == b"a?"


def test_a_value_that_was_passed_on_is_in_no_message_but_may_be_an_answer():
    given = ("production",)
    assert to_response("production", 0.0, "it", given).text == "production"
    for said in ('{"oops": "production"}', '{"text": "a", "steps": "production"}', "production"):
        with pytest.raises(ModelError) as caught:
            from_json(said, 0.0, "it", given)
        assert "production" not in str(caught.value)
