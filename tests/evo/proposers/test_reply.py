"""Reading what a model said: strict, and every way to fail has a name."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from support_proposers import reply

from evo.proposers.reply import LABELS, Label, Reply, read, wire_schema
from evo.proposers.tally import Refusal


def kind(text: str, *, full: bool = False) -> str:
    got = read(text, full=full)
    return got.kind if isinstance(got, Refusal) else "ok"


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "  {}\n",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here is the edit:\n```json\n{}\n```\nI hope it helps.",
        "<think>They fail on {{irony}}.\n```not this```</think>\n{}",
        "<think>hm</think>```json\n{}\n```",
    ],
)
def test_fences_and_thoughts_around_the_object_are_put_up_with(form: str) -> None:
    got = read(form.replace("{}", reply(text="Be ``` brief.")), full=False)
    assert isinstance(got, Reply)
    assert got.edits[0].text == "Be ``` brief."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use a clearer instruction.", "prose"),
        ("", "prose"),
        ("[1, 2]", "prose"),
        ("[" * 10_000, "prose"),
        ("I'm sorry, but I can't help with that.", "refusal"),
        ("I\u2019m unable to do this.", "refusal"),
        ("As an AI, I do not edit prompts.", "refusal"),
        (reply(text="I'm sorry, I cannot write that."), "refusal"),
        (reply(text="Sure! Here is the new text: be brief."), "prose"),
        (reply(text="Here's the revised instruction: be brief."), "prose"),
        (reply() + " I hope this helps.", "malformed"),
        ("{" * 10_000, "malformed"),
        ('{"label": other}', "malformed"),
        ("{}", "malformed"),
        (reply(label="it is bad"), "malformed"),
        (reply(expected="seven"), "malformed"),
        (reply(expected="7"), "malformed"),
        (reply(expected=101), "malformed"),
        (reply(expected=float("nan")), "malformed"),
        (reply(expected=float("inf")), "malformed"),
        (reply(edits={"task": "x"}), "malformed"),
        (reply(edits=["x"]), "malformed"),
        (reply(edits=[{"gene": "task"}]), "malformed"),
        (reply(edits=[{"gene": "task", "text": None}]), "malformed"),
        (reply(note="x"), "malformed"),
        (reply(text="\ud800"), "malformed"),
        (reply(text="Here is a text. Judge it."), "ok"),
        (reply(text="Certainly good texts are rare."), "ok"),
        (reply(expected=-3.5), "ok"),
    ],
)
def test_each_failure_has_its_kind(text: str, expected: str) -> None:
    assert kind(text) == expected


def test_a_reply_cut_anywhere_inside_the_object_is_truncated_and_never_read() -> None:
    whole = reply(text='Say \\ "é" {{ labels }}.')
    assert {kind(whole[:end]) for end in range(1, len(whole))} == {"truncated"}
    assert {kind("```json\n" + whole[:end]) for end in range(1, len(whole))} == {"truncated"}


def test_a_reply_that_used_up_its_tokens_is_truncated_unless_it_is_whole() -> None:
    assert kind("First I look at the failures.", full=True) == "truncated"
    assert kind('{"label": other}', full=True) == "truncated"
    assert kind(reply(), full=True) == "ok"


def test_the_closed_list_of_hypotheses_is_explained_and_enforced() -> None:
    assert set(LABELS) == set(get_args(Label))
    schema = wire_schema(("a", "b"), 2)
    assert set(schema["properties"]["label"]["enum"]) == set(LABELS)


def test_the_schema_asks_for_what_is_read() -> None:
    schema = wire_schema(("a", "b"), 2)
    assert set(schema["required"]) == set(Reply.model_fields) == set(schema["properties"])
    edits = schema["properties"]["edits"]
    assert edits["maxItems"] == 2
    assert edits["items"]["properties"]["gene"]["enum"] == ["a", "b"]
    assert list(schema["properties"]).index("hypothesis") < list(schema["properties"]).index(
        "edits"
    )
    assert json.loads(json.dumps(schema)) == schema
