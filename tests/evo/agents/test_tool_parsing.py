"""Reading calls from what a model writes; nothing is ever evaluated."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.agents.tools import ToolSpec, parse_reply

SPECS = (ToolSpec("add", "", {"properties": {"a": {}, "b": {}}}), ToolSpec("ls"))
ADD = ("add", {"a": 1, "b": "x"})


@pytest.mark.parametrize(
    "text",
    [
        '{"tool": "add", "args": {"a": 1, "b": "x"}}',
        '{"name": "add", "arguments": {"a": 1, "b": "x"}}',
        '{"function": {"name": "add", "arguments": "{\\"a\\": 1, \\"b\\": \\"x\\"}"}}',
        '{"tool_calls": [{"function": {"name": "add", "arguments": {"a": 1, "b": "x"}}}]}',
        '[{"add": {"a": 1, "b": "x"}}]',
        'I add.\n{"tool": "add", "args": {"a": 1, "b": "x"}}\nANSWER: 2',
        '```json\n{"tool": "add", "args": {"a": 1, "b": "x"}}\n```',
        '```python\nadd(1, b="x")\n```',
        '<tool_call>\n{"name": "add", "arguments": {"a": 1, "b": "x"}}\n</tool_call>',
        '<think>ls()</think>add(a=1, b="x")',
        '[add(a=1, b="x")]',
        "{'tool': 'add', 'args': {'a': 1, 'b': 'x'}}",
        'Thought: I add.\nAction: add\nAction Input: {"a": 1, "b": "x"}\nObservation: 2',
        'I call it:\nadd(a=1, b="x")\nand wait.',
    ],
)
def test_one_call_in_many_forms(text):
    parsed = parse_reply(text, SPECS)
    assert [(one.tool, one.args) for one in parsed.calls] == [ADD]
    assert not parsed.problems


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ('{"tool": "add", "args": {"a": 1}}\n{"tool": "ls"}', ["add", "ls"]),
        ("ls()\nls()", ["ls", "ls"]),
        ("```\nls()\nadd(a=true)\n```", ["ls", "add"]),
        ("nothing(x=1)", ["nothing"]),
    ],
)
def test_several_and_unknown_calls(text, tools):
    assert [one.tool for one in parse_reply(text, SPECS).calls] == tools


@pytest.mark.parametrize(
    "text",
    [
        "The answer is add.",
        "I would call print(1) here.",
        '{"name": "Bob", "age": 3}',
        "[1, 2]",
        "[Note] ls is a tool.",
        "```python\ndef add(a):\n    return a\n```",
        "```python\nx = [1]\nprint(x)\n```",
        "",
    ],
)
def test_what_is_no_call_is_the_answer(text):
    parsed = parse_reply(text, SPECS)
    assert not parsed.calls
    assert not parsed.problems
    assert parsed.answer == text


@pytest.mark.parametrize(
    "text",
    [
        '{"tool": "add", "args": {a: 1}}',
        '{"tool": "add", "args": [1]}',
        "add(a=__import__('os').getcwd())",
        "add(a=open('/etc/passwd'))",
        "add(**{'a': 1})",
        "add(1, 2, 3)",
        "add(a={1, 2})",
        "add(a=b'x')",
        "add(",
        "<tool_call>add it</tool_call>",
        "Action: add\nAction Input: one and two",
        f"add(a={'(' * 5000}1{')' * 5000})",
        f"add(a={'[' * 80}1{']' * 80})",
        '{"tool": "ls", "args": {"a": ' + "[" * 400 + "]" * 400 + "}}",
    ],
)
def test_a_malformed_call_is_named_and_never_made(text):
    parsed = parse_reply(text, SPECS)
    assert not parsed.calls
    assert parsed.problems


def test_brackets_without_end_are_an_answer_or_a_problem_never_a_failure():
    for text in ("[" * 990 + "]" * 990, "[" * 20_000, '{"a":' * 990 + "1" + "}" * 990):
        assert not parse_reply(text, SPECS).calls


def test_answer_question_and_confidence():
    parsed = parse_reply("So.\n**Final answer:** 4\nConfidence: 80%", SPECS)
    assert (parsed.answer, parsed.confidence, parsed.question) == ("4", 0.8, None)
    parsed = parse_reply("ASK: Which one?", SPECS)
    assert parsed.question == "Which one?"
    assert parse_reply("ANSWER: x\nCONFIDENCE: 12", SPECS).confidence is None


def test_a_flood_of_calls_is_cut_and_named():
    parsed = parse_reply("ls()\n" * 60, SPECS)
    assert len(parsed.calls) == 50
    assert "60 calls" in parsed.problems[0]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), _JSON, max_size=3))
def test_any_json_arguments_come_through(args):
    (found,) = parse_reply(json.dumps({"tool": "ls", "args": args}), SPECS).calls
    assert found.args == args


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="{}[]()\"'`:,=ab1 \n<>\\adltos_c", max_size=80))
def test_no_text_makes_it_fail(text):
    parse_reply(text, SPECS)
    parse_reply(f"```json\n{text}", SPECS)
    parse_reply(f"<tool_call>{text}", SPECS)
