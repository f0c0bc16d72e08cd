"""Contradictions are found where nothing decides, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.agents.policy import Call, Engine
from genomes.rules import Tool, Toolset, contradictions, minimise, parse_rules
from genomes.rules.minimise import contributions

TOOLS = Toolset(
    Tool(name=name, tool_class=group, args=("p", "q"))
    for name, group in [("a", "K"), ("b", "K"), ("c", "L"), ("get_d", "L"), ("get_e", "M")]
)


@pytest.mark.parametrize(
    ("lines", "kind", "told"),
    [
        (["a before b", "b before a"], "cycle", "a before b before a"),
        (["a before b", "b before c", "c before a"], "cycle", "a before b before c before a"),
        (["a before b", "a requires b"], "cycle", "a before b"),
        (["a before b", "never b after a"], "cycle", ""),
        (["a before b", "never a after b"], None, ""),
        (["a before b", "never b after c", "c before a"], "cycle", ""),
        (["a first", "b first"], "cycle", "a before b before a"),
        (["a first", "a last"], "first_and_last", "a is to be first and last"),
        (["class:K first", "class:K last"], "first_and_last", ""),
        (["verb:get before c", "c before verb:get"], "cycle", ""),
        (["a requires b", "never b"], "unreachable", "forbidden"),
        (["a requires verb:get", "never get_d"], None, ""),
        (["a requires verb:get", "never get_d", "at most 0 get_e"], "unreachable", "forbidden"),
        (["a requires b", "never a after b"], "unreachable", "may never follow it"),
        (["a requires b", "b requires a"], "unreachable", "each waits for another"),
        (["any before any"], "mute", "both orders"),
        (["a before b when x.p = y.q", "b before a when x.q = y.p"], None, ""),
        # What decides between two rules makes them no contradiction.
        (["a before b priority 1", "b before a"], None, ""),
        (["a before b", "b before class:K"], None, ""),
        (["a before b when error", "b before a"], None, ""),
        (["in s: a before b", "in t: b before a"], None, ""),
        (["in s: a requires b", "in t: never b"], None, ""),
        (["a before b when x.p = y.q", "b before a when x.p = y.q"], "cycle", ""),
        (["a before b", "b before c"], None, ""),
        (["class:K before class:L"], None, ""),
        (["prefer a over b", "b before a"], None, ""),
    ],
)
def test_contradictions(lines, kind, told):
    found = contradictions(parse_rules(lines), TOOLS)
    kinds = {one.kind for one in found}
    assert (kind in kinds) if kind else not found, list(map(str, found))
    assert told in "\n".join(map(str, found))
    if kind:
        assert all(set(map(str, one.rules)) <= set(lines) for one in found)


NAMES = st.sampled_from(["a", "b", "c", "get_d"])


@given(st.lists(st.tuples(NAMES, NAMES).filter(lambda p: p[0] != p[1]), max_size=6, unique=True))
def test_without_a_contradiction_every_plain_order_is_kept(pairs):
    rules = parse_rules(f"{a} before {b}" for a, b in pairs)
    ordering = Engine(rules).order([Call(name) for name in ("a", "b", "c", "get_d")])
    overruled = [one for one in ordering.fired if one.effect == "overruled"]
    assert bool(overruled) == bool(contradictions(rules, TOOLS))


def test_idle_rules_are_dropped_and_those_that_cover_for_each_other_not_both():
    rules = parse_rules(["a before b", "first_x first", "a before b when steps = 0", "c last"])
    calls = [Call("c"), Call("b"), Call("a")]
    asked = []

    def outcomes(kept):
        asked.append(kept)
        return [Engine(kept).arrange(calls), Engine(kept).arrange(calls[1:])]

    assert list(map(str, minimise(rules, outcomes))) == ["a before b", "c last"]
    assert len(asked) == len(set(asked))
    worth = contributions(rules, outcomes)
    assert [one.changed for one in worth] == [(), (), (), (0,)]
    assert minimise((), lambda _: [1]) == ()
