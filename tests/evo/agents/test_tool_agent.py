"""The tool agent: what a model proposes, what rules make of it, what goes wrong."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evo.agents.tools import Limits, ToolAgent, ToolSpec, problems
from evo.models import Completion, NoAnswerError, PromptLengthError, ScriptedModel
from fitness.reading import Answer
from fitness.response import Response
from fitness.scorers import scorer
from fitness.suites import Example
from genomes import DecisionGene, Domain, FragmentGene, Gene, Genome, PolicyGene, render
from genomes.errors import ConfigError, GenomeError, ModelError, TransientModelError

HERE = Path(__file__).parent
sys.path.append(str(HERE))

import tool_desk  # noqa: E402

EXAMPLE = Example("1", {"request": "note milk"}, "-", "desk", "c")
DONE = "ANSWER: done"


def genome(*rules: str, text: bool = False, enforce: bool = True, **decided: Any) -> Genome:
    genes: list[Gene] = [
        FragmentGene(id="role", text="Be exact."),
        FragmentGene(id="template", place="user", text="{{ request }}"),
        PolicyGene(id="rules", rules=rules, text=text, enforce=enforce),
        *(DecisionGene(id=name, parameter=name, value=value) for name, value in decided.items()),
    ]
    return Genome(domains=(Domain(name="desk", inputs=("request",)),), genes=tuple(genes))


def said(*texts: str) -> ScriptedModel:
    replies = [Completion(text, None, 10, 4, 0.5) for text in texts]
    return ScriptedModel(replies, price=(0.001, 0.001))


def call(tool: str, **args: object) -> str:
    return json.dumps({"tool": tool, "args": args})


def run(
    model: ScriptedModel,
    genome: Genome,
    tools: object = tool_desk.Desk,
    example: Example = EXAMPLE,
    **limits: Any,
) -> Response:
    agent = ToolAgent(model, tools, "1", limits=Limits(**limits))
    return agent.run(render(genome, "desk"), example)


def kinds(trace: Sequence[str], *wanted: str) -> list[str]:
    return [line for line in trace if line.split(":")[0] in wanted]


def last_told(model: ScriptedModel) -> str:
    return str(model.requests[-1].messages[-1]["content"])


def test_the_model_calls_reads_and_answers():
    model = said(call("login", user="ann"), call("write", text="milk", times=2), DONE)
    got = run(model, genome())
    assert (got.text, got.status, got.steps) == ("done", "ok", 5)
    assert (got.prompt_tokens, got.completion_tokens, got.money) == (30, 12, 1.5)
    system, user = model.requests[0].messages
    assert system["content"].startswith("Be exact.\n\nYou can call these tools:\n- login(user: str")
    assert "    user: The name." in system["content"]
    assert user["content"] == "note milk"
    assert '"milk", "milk"' in last_told(model)
    assert kinds(got.trace, "call", "observed")[:2] == [
        'call: login(user="ann")',
        "observed: hello ann",
    ]


def test_enforced_rules_order_insert_and_veto_and_the_trace_names_them():
    rules = (
        'write requires login or insert login(user="bot")',
        "raw before write",
        "never fail when state.in = true",
    )
    model = said("\n".join([call("write", text="a"), call("raw")]), call("fail"), DONE)
    got = run(model, genome(*rules))
    made = kinds(got.trace, "call", "inserted")
    assert made == ["call: raw()", 'inserted: login(user="bot")', 'call: write(text="a")']
    fired = "\n".join(kinds(got.trace, "rule"))
    for rule in rules:
        assert rule in fired
    assert "fail() is not allowed now: never fail" in last_told(model)


def test_text_and_enforcement_are_switched_apart():
    rule = "never raw"
    for text, enforce in ((True, False), (False, True), (False, False)):
        model = said(call("raw"), DONE)
        got = run(model, genome(rule, text=text, enforce=enforce))
        assert (rule in model.requests[0].messages[0]["content"]) is text
        assert (not kinds(got.trace, "call")) is enforce


def test_rules_that_need_no_proposal_cost_no_reply():
    model = said()
    got = run(model, genome('refuse "Not that." when request contains "milk"'))
    assert (got.text, got.status, model.calls, got.steps, got.money) == ("Not that.", "ok", 0, 0, 0)


def test_a_rule_asks_for_what_is_missing():
    model = said(call("login", user=""))
    got = run(model, genome('ask "Who are you?" for login when no x.user'))
    assert got.text == "ASK: Who are you?"
    assert not kinds(got.trace, "call")


def test_a_failed_call_is_tried_again_as_often_as_a_rule_says():
    model = said(call("fail"), DONE)
    got = run(model, genome("retry fail 2 times"))
    assert len(kinds(got.trace, "call", "retry")) == 3
    assert problems(got.trace)["tool raised"] == 3


def test_stop_ends_the_calls_and_still_gets_an_answer():
    two = "\n".join([call("login", user="a"), call("raw")])
    model = said(two, "ANSWER: half")
    got = run(model, genome('stop when observation contains "hello"'))
    assert got.text == "half"
    assert kinds(got.trace, "call") == ['call: login(user="a")']


def test_what_a_call_requires_and_failed_holds_it_back():
    model = said("\n".join([call("fail"), call("raw")]), DONE)
    got = run(model, genome("raw requires fail"))
    assert kinds(got.trace, "call") == ["call: fail()"]
    assert "what it requires has failed" in last_told(model)


def test_the_genomes_step_limit_asks_for_the_answer_and_a_further_call_is_wrong():
    model = said("\n".join([call("raw"), call("raw"), call("raw")]), DONE)
    got = run(model, genome(max_steps=2), repeats=9)
    assert (got.status, got.text, got.steps) == ("ok", "done", 4)
    assert problems(got.trace)["step limit"] == 1
    again = run(said(call("raw"), call("raw")), genome(max_steps=1))
    assert again.status == "limit"


def test_procedures_and_the_self_check_are_extra_replies():
    model = said("First I log in.", call("login", user="a"), "ANSWER: 1", "ANSWER: 2")
    got = run(model, genome(procedure="plan_then_act", self_check="on"))
    assert got.text == "2"
    assert "Call no tool yet" in model.requests[0].messages[-1]["content"]
    model = said("ANSWER: 1", call("login", user="a"), "ANSWER: 2")
    got = run(model, genome(procedure="act_then_check"))
    assert (got.text, model.calls) == ("2", 3)


@pytest.mark.parametrize(
    ("decided", "replies", "text"),
    [
        ({"abstain_below": 0.5}, ["ANSWER: x\nCONFIDENCE: 0.4"], ""),
        ({"ask_below": 0.5}, ["ANSWER: x\nCONFIDENCE: 40%"], "ASK: I need more information"),
        ({"answer_above": 0.5}, ["ANSWER: x\nCONFIDENCE: 0.6"], "x"),
        ({"answer_above": 0.7}, ["ANSWER: x\nCONFIDENCE: 0.6", "ANSWER: y\nCONFIDENCE: 0.6"], "y"),
        ({"abstain_below": 0.5}, ["ANSWER: x"], "x"),
    ],
)
def test_thresholds_on_the_stated_confidence(decided, replies, text):
    model = said(*replies)
    got = run(model, genome(**decided))
    assert got.text.startswith(text)
    assert bool(text) == bool(got.text)
    assert "CONFIDENCE:" in model.requests[0].messages[0]["content"]
    assert model.calls == len(replies)


def test_each_bad_tool_is_named_counted_and_told():
    model = said(
        "\n".join([call("fail"), call("leave"), call("nothing"), call("long"), call("raw")]),
        call("login", name="a"),
        '{"tool": "login", "args": {',
        DONE,
    )
    got = run(model, genome(), longest=50)
    assert got.status == "ok"
    assert problems(got.trace) == {
        "tool raised": 2,
        "unknown tool": 1,
        "cut": 1,
        "binary": 1,
        "bad arguments": 1,
        "malformed call": 1,
    }
    told = model.requests[1].messages[-1]["content"]
    assert "RuntimeError: out of order" in told
    assert "(cut, 10000000 characters in all)" in told
    assert "(binary, 2 bytes, not shown)" in told
    assert len(told) < 1000
    assert max(map(len, got.trace)) < 2200


def test_a_misspelt_tool_is_answered_with_the_nearest():
    model = said(call("logn", user="a"), DONE)
    run(model, genome())
    assert "did you mean login?" in last_told(model)


def test_a_model_that_calls_nothing_is_named_and_its_answer_counts():
    got = run(said("It is done."), genome())
    assert (got.text, got.status) == ("It is done.", "ok")
    assert problems(got.trace) == {"no call": 1}


@pytest.mark.parametrize(
    ("replies", "limits", "why"),
    [
        ([call("raw"), f"again {call('raw')}\n{call('raw')}", call("raw")], {}, "same call 3"),
        (['{"tool": '] * 3, {}, "same reply 3"),
        ([call("raw"), call("fail"), call("raw")], {"max_steps": 2}, "more than 2 times"),
        ([call("raw")], {"max_seconds": 1e-9}, "longer than"),
        ([call("raw"), DONE], {"max_money": 1.2}, "cost more than"),
    ],
)
def test_an_agent_beyond_its_own_limits_is_wrong_not_missing(replies, limits, why):
    model = said(*replies)
    got = run(model, genome(), **limits)
    assert (got.status, got.text) == ("limit", "")
    assert why in str(got.error)
    assert got.trace[-1].startswith("end: limit: ")


def test_a_limit_on_money_needs_a_price():
    with pytest.raises(ConfigError, match="price"):
        ToolAgent(ScriptedModel([]), tool_desk.Desk, "1", limits=Limits(max_money=1.0))


def test_failures_of_the_model():
    assert run(ScriptedModel([PromptLengthError("long")]), genome()).status == "limit"
    assert run(ScriptedModel([NoAnswerError("filter")]), genome()).status == "infra_error"
    with pytest.raises(TransientModelError):
        run(ScriptedModel([TransientModelError("busy")]), genome())


def test_unknown_tools_and_contradictions_in_rules_are_named_and_never_fatal():
    rules = ("raw before fial", "raw before fail", "fail before raw")
    got = run(said(DONE), genome(*rules))
    assert got.status == "ok"
    assert problems(got.trace)["unknown in a rule"] == 1
    assert problems(got.trace)["contradiction"] == 1
    assert "did you mean 'fail'?" in "\n".join(got.trace)


def test_at_load_a_rule_on_an_unknown_tool_is_refused():
    agent = ToolAgent(ScriptedModel([]), tool_desk.Desk, "1")
    with pytest.raises(GenomeError, match="unknown tool 'fial'") as caught:
        agent.check(genome("raw before fial"))
    assert "did you mean 'fail'?" in str(caught.value.remedy)
    agent.check(genome("raw before fail"))
    by_inputs = ToolAgent(ScriptedModel([]), tool_desk.for_inputs, "1")
    by_inputs.check(genome("raw before fail"), [EXAMPLE.inputs])


@pytest.mark.parametrize("tools", ["tool_desk:Desk", tool_desk.Desk])
def test_each_example_meets_fresh_tools(tools):
    model = said(*[call("login", user="a"), call("write", text="x"), DONE] * 2)
    agent = ToolAgent(model, tools, "1")
    before = len(tool_desk.SEEN)
    traces = [agent.run(render(genome(), "desk"), EXAMPLE).trace for _ in range(2)]
    if isinstance(tools, str):
        assert traces[0] == traces[1], "not even a module variable is shared"
        assert len(tool_desk.SEEN) == before
    assert all('"notes": ["x"]' in "\n".join(trace) for trace in traces)


def test_a_tool_that_hangs_is_killed_and_the_work_goes_on(tmp_path):
    file = tmp_path / "pid"
    model = said(call("hang", file=str(file)), call("login", user="a"), call("die"), DONE)
    # The time is that of the first call; the others end at once.
    got = run(model, genome(), "tool_desk:Desk", timeout=5.0)
    assert (got.text, got.status) == ("done", "ok")
    assert problems(got.trace) == {"tool timed out": 1, "tool died": 1}
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


def test_in_a_thread_what_hangs_is_left_alone():
    release = threading.Event()

    def wait() -> str:
        release.wait(60)
        return "late"

    got = run(said(call("wait"), DONE), genome(), [wait], timeout=0.05)
    release.set()
    assert problems(got.trace) == {"tool timed out": 1}
    assert "left running" in "\n".join(got.trace)


def test_the_end_is_scored_in_place_of_the_answer():
    class World:
        def __init__(self, inputs: dict[str, str]) -> None:
            self.calls: list[str] = [inputs["request"]]

        def go(self) -> None:
            self.calls.append("go")

        def score(self) -> dict[str, object]:
            return {"success": True, "steps": len(self.calls)}

    got = run(said(call("go"), DONE), genome(), World)
    assert got.text == '{"success": true, "steps": 2}'
    score = scorer("evo.agents.tools:succeeded")
    assert score(Answer(got.text), EXAMPLE) == 1.0
    assert score(Answer("done"), EXAMPLE) == 0.0
    assert score(Answer(None), EXAMPLE) == 0.0


def test_a_world_is_driven_by_name_and_scored_by_itself():
    class World:
        tools = (ToolSpec("go", "Goes.", {"type": "object", "properties": {"to": {}}}, "Legs"),)

        def __init__(self) -> None:
            self.places: list[object] = []

        def call(self, name: str, args: dict[str, object]) -> object:
            self.places.append((name, args["to"]))
            return {"at": args["to"]}

        def score(self) -> dict[str, object]:
            return {"success": self.places == [("go", "home")]}

    got = run(said(call("go", to="home"), DONE), genome("class:Legs first"), World)
    assert got.text == '{"success": true}'


def test_an_end_that_fails_is_missing_never_a_zero():
    class World:
        def go(self) -> None: ...

        def end(self, answer: str) -> str:
            raise OSError("gone")

    got = run(said(DONE), genome(), World)
    assert got.status == "infra_error"
    assert problems(got.trace)["no end"] == 1


def test_tools_that_depend_on_the_inputs_and_lists():
    got = run(said(call("secret"), DONE), genome(), tool_desk.for_inputs)
    assert "observed: note milk" in got.trace
    got = run(
        said(f"{call('plus', a=1)}\n{call('sum', a=2, b=2)}", DONE), genome(), tool_desk.TOOLS
    )
    assert kinds(got.trace, "observed") == ["observed: 2", "observed: 4"]


@pytest.mark.parametrize("tools", ["tool_desk:broken", tool_desk.broken])
def test_tools_that_cannot_be_made_end_the_run_with_the_reason(tools):
    with pytest.raises(ModelError, match="no database"):
        run(said(DONE), genome(), tools)


def test_tools_that_are_none():
    for wrong in (["x"], lambda: 3, object):
        with pytest.raises(ConfigError):
            run(said(DONE), genome(), wrong)
    with pytest.raises(ConfigError, match="no_such_module"):
        run(said(DONE), genome(), "no_such_module:x")


def test_the_fingerprint_follows_tools_model_and_limits():
    one, two = ScriptedModel([], name="one"), ScriptedModel([], name="two")
    prints = {
        ToolAgent(one, [tool_desk.plus], "1").fingerprint,
        ToolAgent(one, [tool_desk.plus], "2").fingerprint,
        ToolAgent(two, [tool_desk.plus], "1").fingerprint,
        ToolAgent(one, [tool_desk.plus], "1", limits=Limits(max_steps=3)).fingerprint,
    }
    assert len(prints) == 4
