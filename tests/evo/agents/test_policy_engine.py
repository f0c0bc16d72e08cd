"""The policy engine: each rule does what its line says, and says that it did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.agents.policy import Call, Engine, Situation, Step
from genomes.rules import Policy, Tool, Toolset, parse_rules


def engine(*lines, **more) -> Engine:
    return Engine(parse_rules(lines), **more)


def calls(*texts) -> list[Call]:
    """``mv to=a`` is a call of mv with to="a"."""
    made = []
    for text in texts:
        name, *args = text.split()
        made.append(Call(name, dict(arg.split("=") for arg in args)))
    return made


def names(found) -> list[str]:
    return [" ".join([c.tool, *(f"{k}={v}" for k, v in c.args.items())]) for c in found]


def history(*texts, error=None, observation=None) -> Situation:
    return Situation(tuple(Step(call, observation, error) for call in calls(*texts)))


def ordered(given, *lines, now=None, **more) -> list[str]:
    ordering = engine(*lines, **more).order(calls(*given), now or Situation())
    assert engine(*lines, **more).arrange(calls(*given), now or Situation()) == ordering.order
    return names(ordering.calls)


@pytest.mark.parametrize(
    ("given", "lines", "wanted"),
    [
        (["b", "a"], [], ["b", "a"]),
        (["b", "a"], ["a before b"], ["a", "b"]),
        (["c", "b", "a"], ["a before b"], ["c", "a", "b"]),
        (["c", "b", "a"], ["a before b", "b before c"], ["a", "b", "c"]),
        (["b", "c", "a"], ["a first"], ["a", "b", "c"]),
        (["b", "c", "a"], ["b last"], ["c", "a", "b"]),
        (["b", "c", "a"], ["prefer a"], ["a", "b", "c"]),
        (["b", "a"], ["b requires a"], ["a", "b"]),
        (["b", "a"], ["never a after b"], ["a", "b"]),
        (["b", "a"], ["never b after a"], ["b", "a"]),
        (["post_x", "get_y"], ["verb:get before verb:post"], ["get_y", "post_x"]),
        (["b", "a"], ["a before b when error"], ["b", "a"]),
        # What is required goes before what is wanted, that before what is preferred.
        (["a", "b"], ["a before b", "a requires b"], ["b", "a"]),
        (["a", "b"], ["prefer a", "b before a"], ["b", "a"]),
        # Then priority, then the narrower rule, then the place in the list.
        (["a", "b"], ["a before b", "b before a priority 1"], ["b", "a"]),
        (["a", "b"], ["any before b when no x.q", "b before a when no x.q"], ["b", "a"]),
        (["a", "b"], ["b before a", "a before b"], ["b", "a"]),
        # A weak rule still holds where it contradicts nothing.
        (["c", "b", "a"], ["a before b", "b before c", "c before a"], ["a", "b", "c"]),
        # A rule that says both orders of a pair says nothing.
        (["b", "a"], ["any before any"], ["b", "a"]),
        (["cd n=2", "cd n=1"], ["cd before cd"], ["cd n=2", "cd n=1"]),
    ],
)
def test_order(given, lines, wanted):
    assert ordered(given, *lines) == wanted


MOVE = "mv before cd when x.to = y.folder"


@pytest.mark.parametrize(
    ("given", "line", "wanted"),
    [
        (["cd folder=a", "mv to=a"], MOVE, ["mv to=a", "cd folder=a"]),
        (["cd folder=b", "mv to=a"], MOVE, ["cd folder=b", "mv to=a"]),
        (["cd", "mv"], MOVE, ["cd", "mv"]),
        (
            ["cd folder=a", "mv from=a"],
            "any before any when x.* = y.folder",
            ["mv from=a", "cd folder=a"],
        ),
        (["cd folder=a", "mv at=a"], "mv before cd when x.* = y.*", ["mv at=a", "cd folder=a"]),
        (
            ["cd folder=..", "mv to=a"],
            'any before cd when y.folder = ".."',
            ["mv to=a", "cd folder=.."],
        ),
        # The two calls of one tool are told apart by their arguments.
        (
            ["cd folder=..", "cd folder=a"],
            'any before cd when y.folder = ".."',
            ["cd folder=a", "cd folder=.."],
        ),
        (["rm name=abc", "ls"], 'ls before rm when y.name contains "b"', ["ls", "rm name=abc"]),
        (["rm name=abc", "ls"], 'ls before rm when y.name contains "B"', ["rm name=abc", "ls"]),
        (["rm name=b", "ls"], 'ls before rm when y.name >= "b"', ["ls", "rm name=b"]),
        (["rm name=b", "ls"], "ls before rm when y.name > 1", ["rm name=b", "ls"]),
        (["rm name=b", "ls"], 'ls before rm when y.name != "a"', ["ls", "rm name=b"]),
        (["rm", "ls"], 'ls before rm when y.name != "a"', ["rm", "ls"]),
        (["b n=1", "a n=1"], "b requires a when x.n = y.n", ["a n=1", "b n=1"]),
    ],
)
def test_arguments_decide(given, line, wanted):
    assert ordered(given, line) == (wanted or given)


@pytest.mark.parametrize(
    ("condition", "now", "holds"),
    [
        ('state.door.lock = "open"', Situation(state={"door": {"lock": "open"}}), True),
        ('state.door.lock = "open"', Situation(state={"door.lock": "open"}), True),
        ('state.door.lock = "open"', Situation(state={"door": "open"}), False),
        ("state.n = 1", Situation(state={"n": 1.0}), True),
        ("state.n = 1", Situation(state={"n": True}), False),
        ("no state.n", Situation(), True),
        ("state.items contains 2", Situation(state={"items": [1, 2]}), True),
        ("state.items.1 = 2", Situation(state={"items": [1, 2]}), True),
        ('observation contains "ok"', history("z", observation="all ok"), True),
        ("observation.code = 3", history("z", observation={"code": 3}), True),
        ("observation.code = 3", history("z", observation="3"), False),
        ('observation contains "ok"', Situation(), False),
        ("error", history("z", error="bad"), True),
        ("no error", Situation(), True),
        ('error contains "ad"', history("z", error="bad"), True),
        ('request contains "tax"', Situation(request="my tax"), True),
        ("steps >= 2", history("z", "z"), True),
        ("steps >= 2", history("z"), False),
        ("called verb:log", history("log_in"), True),
        ("not called verb:log", history("log_in"), False),
        ("called z", history("z", error="bad"), False),
        ("steps = 0 and no error", Situation(), True),
        ("steps = 0 and error", Situation(), False),
    ],
)
def test_conditions_on_the_situation(condition, now, holds):
    found = ordered(["b", "a"], f"a before b when {condition}", now=now)
    assert found == (["a", "b"] if holds else ["b", "a"])


@given(st.permutations(["mv to=a", "cd folder=a", "cd folder=..", "ls", "post_x"]), st.data())
def test_with_stated_ties_the_shuffle_does_not_matter(given, data):
    lines = data.draw(
        st.lists(
            st.sampled_from([MOVE, "ls before mv", "mv before ls", "any before cd", "ls last"])
        )
    )
    ties = data.draw(st.sampled_from(["alphabetical", "hash"]))
    wanted = ordered(sorted(given), *dict.fromkeys(lines), ties=ties)
    assert ordered(given, *dict.fromkeys(lines), ties=ties) == wanted
    if not lines and ties == "alphabetical":
        assert wanted == sorted(wanted)


@given(st.lists(st.sampled_from(["a before b", "b before c", "c last", "d first", "a requires d"])))
def test_every_call_comes_once_and_kept_wishes_hold(lines):
    given = calls("c", "b", "a", "d")
    ordering = engine(*dict.fromkeys(lines)).order(given)
    assert sorted(ordering.order) == [0, 1, 2, 3]
    places = {id(call): place for place, call in enumerate(ordering.calls)}
    for one in ordering.fired:
        early, late = one.calls
        assert (places[id(early)] < places[id(late)]) == (one.effect == "ordered")


@pytest.mark.parametrize(
    ("lines", "past", "proposed", "wanted", "vetoed"),
    [
        (["never rm"], [], ["ls", "rm"], ["ls"], ["rm"]),
        (['never rm when x.f = "k"'], [], ["rm f=k", "rm f=j"], ["rm f=j"], ["rm f=k"]),
        (["at most 2 ls"], ["ls"], ["ls", "ls"], ["ls"], ["ls"]),
        (["at most 1 ls when x.f"], ["ls"], ["ls f=1", "ls f=2"], ["ls f=1"], ["ls f=2"]),
        (["b requires a"], [], ["b"], [], ["b"]),
        (["b requires a"], ["a"], ["b"], ["b"], []),
        (["b requires a"], [], ["b", "a"], ["a", "b"], []),
        (["b requires a when x.n = y.n"], ["a n=1"], ["b n=2", "b n=1"], ["b n=1"], ["b n=2"]),
        (["b requires a when x.n"], [], ["b", "b n=1"], ["b"], ["b n=1"]),
        # What is vetoed satisfies nothing behind it.
        (["b requires a", "never a"], [], ["a", "b"], [], ["a", "b"]),
        (["never b after a"], ["a"], ["b"], [], ["b"]),
        (["never b after a"], [], ["a", "b"], ["b", "a"], []),
        (["never b after a when x.n = y.n"], ["a n=1"], ["b n=2", "b n=1"], ["b n=2"], ["b n=1"]),
    ],
)
def test_vetoes(lines, past, proposed, wanted, vetoed):
    decision = engine(*lines).decide(calls(*proposed), history(*past))
    assert decision.action == "call"
    assert names(decision.calls) == wanted
    assert names(decision.vetoed) == vetoed
    reasons = [one for one in decision.fired if one.effect == "vetoed"]
    assert [names(one.calls)[0] for one in reasons] == vetoed


def test_a_failed_call_satisfies_nothing_but_counts_as_a_try():
    failed = history("a", error="bad")
    assert engine("b requires a").decide(calls("b"), failed).calls == ()
    assert engine("never b after a").decide(calls("b"), failed).vetoed == ()
    assert engine("at most 1 a").decide(calls("a"), failed).calls == ()


LOGIN = "post requires login or insert login(user=x.user, force=true)"


def test_what_is_missing_is_inserted_once_and_told():
    decision = engine(LOGIN).decide(calls("post user=u", "post user=v"))
    assert [c.text for c in decision.calls] == [
        'login(force=true, user="u")',
        'post(user="u")',
        'post(user="v")',
    ]
    assert [c.tool for c in decision.inserted] == ["login"]
    assert decision.trace() == (f'inserted login(force=true, user="u"): {LOGIN}',)
    assert engine(LOGIN).decide(calls("post user=u"), history("login")).inserted == ()


@pytest.mark.parametrize(
    "lines",
    [
        [LOGIN],  # nobody says which user
        ["post requires login or insert login()", "never login"],
        ["post requires login or insert login()", "login requires key"],
        ["post requires login or insert logout()", "logout requires post or insert post()"],
        ["post requires login or insert login()", "post requires key"],
        ["post requires login or insert login()", "never post after login"],
    ],
)
def test_a_call_that_cannot_be_helped_is_vetoed_and_leaves_no_insertions(lines):
    decision = engine(*lines).decide(calls("post"))
    assert (decision.calls, decision.inserted) == ((), ())
    assert names(decision.vetoed) == ["post"]


def test_insertions_may_need_insertions():
    lines = ["c requires b or insert b()", "b requires a or insert a()"]
    assert names(engine(*lines).decide(calls("c")).calls) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("lines", "now", "action", "text"),
    [
        (["stop when steps >= 1"], history("a"), "stop", None),
        (["stop when steps >= 1"], Situation(), "call", None),
        (['ask "How much?" for pay when no x.sum'], Situation(), "ask", "How much?"),
        (['ask "How much?" for pay when x.sum'], Situation(), "call", None),
        (['refuse "No." when request contains "w"'], Situation(request="w"), "refuse", "No."),
        (["stop when steps = 0", 'ask "?"', 'refuse "!"'], Situation(), "refuse", "!"),
        (["stop when steps = 0", 'ask "?" priority 1', 'refuse "!"'], Situation(), "ask", "?"),
    ],
)
def test_verdicts(lines, now, action, text):
    decision = engine(*lines).decide(calls("pay"), now)
    assert (decision.action, decision.text) == (action, text)
    if action != "call":
        assert decision.calls == ()
        assert names(decision.vetoed) == ["pay"]
        assert len(decision.trace()) == 1


def test_a_failed_call_is_tried_again_as_often_as_said():
    retry = engine('retry verb:pay 2 times when error contains "time"')
    for failures, action in [(1, "retry"), (2, "retry"), (3, "call")]:
        decision = retry.decide(calls("b"), history(*["pay_x n=1"] * failures, error="timed out"))
        assert decision.action == action
    again = retry.decide((), history("pay_x n=1", error="timed out"))
    assert names(again.calls) == ["pay_x n=1"]
    assert retry.decide((), history("pay_x", error="no such account")).action == "call"
    assert retry.decide((), history("pay_x", observation="timed out")).action == "call"
    mixed = history("pay_x n=1", "pay_x n=2", "pay_x n=1", error="time")
    assert retry.decide((), mixed).action == "retry"


def test_alternatives_do_not_satisfy_each_other_and_fulfilled_wishes_rank_no_more():
    rules = engine("b requires a", "a before c", "never d")
    first = rules.choose(calls("c", "b", "a", "d"))
    assert (names(first.calls), names(first.vetoed)) == (["a", "c"], ["b", "d"])
    later = rules.choose(calls("c", "b", "a"), history("a"))
    assert names(later.calls) == ["c", "b", "a"]
    offered = engine(LOGIN).choose(calls("post user=u", "ls"))
    assert [c.text for c in offered.calls] == ['login(force=true, user="u")', "ls()"]
    assert names(offered.vetoed) == ["post user=u"]


def test_classes_come_from_the_tools():
    tools = Toolset([Tool(name="a", tool_class="K"), Tool(name="b", tool_class="L")])
    assert ordered(["b", "a"], "class:K before class:L", tools=tools) == ["a", "b"]
    assert ordered(["b", "a"], "class:K before class:L") == ["b", "a"]
    assert ordered(["L.b", "K.a"], "class:K before class:L") == ["K.a", "L.b"]


def test_a_rendered_policy_makes_an_engine_and_none_lets_everything_pass():
    made = Engine.of(Policy(("b first",), ties="alphabetical"))
    assert names(made.order(calls("c", "a", "b")).calls) == ["b", "a", "c"]
    free = Engine.of(None).decide(calls("c", "a"))
    assert (names(free.calls), free.fired) == (["c", "a"], ())


def test_odd_values_never_raise():
    odd = [Call("a", {"p": object(), "q": [1], "r": float("nan")}), Call("b", {"p": {"k": 1}})]
    rules = engine("a before b when x.* = y.* and x.p > 1", "a before b when x.q contains 1")
    for ties in ("given", "alphabetical", "hash"):
        assert len(Engine(rules.rules, ties=ties).decide(odd).calls) == 2
