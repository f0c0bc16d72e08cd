"""The benchmark of tool order: cases and baselines on a planted world; what the search may read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.policies import bench, learn, measure, order
from benchmarks.policies import episodes as module
from benchmarks.policies.baselines import Counts, best_of_n
from benchmarks.policies.episodes import Case, Episodes, arranged, shuffled, split, successes
from benchmarks.policies.learn import evolve, fewer, rules_of
from benchmarks.worlds import Score, WorldTool
from evo.agents.policy import Call, Engine
from evo.proposers import Context, Observation, Reorder
from genomes import Genome, PolicyGene
from genomes.errors import ConfigError
from genomes.rules import parse_rule, parse_rules

OPEN, READ, SHUT = "open_box", "read_box", "shut_box"
TRAIN, TASKS = 20, 41


def _gold() -> dict[str, tuple[tuple[Call, ...], ...]]:
    """Open, read, shut; the box is called differently everywhere. Every third task has another
    box opened at the end, so that the tool's name alone does not say when."""
    made: dict[str, tuple[tuple[Call, ...], ...]] = {}
    for number in range(TASKS):
        one, other = {"box": f"b{number}"}, {"box": f"z{number}"}
        turn = [Call(OPEN, one), Call(READ, one), Call(SHUT, one)]
        if number % 3 == 0:
            turn.append(Call(OPEN, other))
        made[f"t{number}"] = ((Call("greet"),), tuple(turn))
    return made


class Boxes:
    """A box is read only while it is open; the other box may be opened only at the end."""

    def play(self, task: str, calls: Iterator[Call]) -> Score:
        state, steps = "shut", 0
        for call in calls:
            steps += 1
            other = str(call.args.get("box", "")).startswith("z")
            if call.tool == OPEN:
                good = state == "done" if other else state == "shut"
                state = "other" if other else "open"
            elif call.tool == SHUT:
                good, state = state == "read", "done"
            else:
                good = call.tool != READ or state == "open"
                state = "read" if call.tool == READ else state
            if not good:
                return Score(False, 1, steps)
        return Score(True, 0, steps)


def _forget() -> None:
    for function in (module.orderable, module.toolset, module.rule_tools):
        function.cache_clear()


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = _gold()
    monkeypatch.setattr(module, "TRAIN", TRAIN)
    schema: dict[str, dict[str, dict[str, str]]] = {"properties": {"box": {}}}
    tools = {n: WorldTool(n, "Boxes", n, schema) for n in (OPEN, READ, SHUT)}
    tools["greet"] = WorldTool("greet", "Talk", "greet", {})
    monkeypatch.setattr(module, "tasks", lambda: made)
    monkeypatch.setattr(module, "catalogue", lambda: tools)
    monkeypatch.setattr(module, "CallingWorld", Boxes)
    for place in ("episodes", "baselines"):
        monkeypatch.setattr(f"benchmarks.policies.{place}.gold", made.__getitem__)
    _forget()
    yield
    _forget()


RIGHT = (
    f"{OPEN} before {READ} when x.box = y.box",
    f"{READ} before {SHUT}",
    f"{SHUT} before {OPEN}",
)


def test_splits_are_whole_apart_and_do_not_depend_on_the_order_of_the_source(planted: None) -> None:
    train, held = split()
    assert (len(train), len(held)) == (TRAIN, TASKS - TRAIN)
    assert not set(train) & set(held)
    assert split() == (train, held)
    assert set(split("1")[0]) != set(train)


def test_shuffles_are_the_seeds_and_the_same_for_all_genomes(planted: None) -> None:
    names = split()[0]
    assert shuffled(names, 2, 7) == shuffled(names, 2, 7)
    assert shuffled(names, 2, 7) != shuffled(names, 2, 8)
    first, second = shuffled(names, 2, 7)[:TRAIN], shuffled(names, 2, 7)[TRAIN:]
    assert [one.task for one in first] == [one.task for one in second] == list(names)
    assert any(a.shuffle != b.shuffle for a, b in zip(first, second, strict=True))


def test_right_rules_succeed_from_every_shuffle(planted: None) -> None:
    cases = shuffled(split()[0], 3, 1)
    assert np.mean(successes(parse_rules(RIGHT), cases, Episodes(), "given")) == 1.0
    assert np.mean(successes((), cases, Episodes(), "given")) < 0.5


def test_an_order_is_run_once(planted: None) -> None:
    cases, episodes = shuffled(split()[0], 3, 1), Episodes()
    for _ in range(2):
        successes(parse_rules(RIGHT), cases, episodes, "given")
    assert (episodes.asked, episodes.run) == (6 * TRAIN, TRAIN)


def test_the_default_order_does_not_depend_on_the_shuffle(planted: None) -> None:
    one, other = shuffled(["t0"], 2, 3)
    for ties in measure.TIES:
        engine = Engine((), module.toolset(), ties=ties)
        assert arranged(engine, one) == arranged(engine, other)


def test_counts_follow_the_majority_of_gold(planted: None) -> None:
    train, held = split()
    scores = Counts(train).successes(shuffled(held, 1, 0), Episodes(), "alphabetical")
    plain = [s for s, task in zip(scores, held, strict=True) if int(task[1:]) % 3]
    assert np.mean(plain) == 1.0  # where names decide, counts know
    assert np.mean(scores) < 1.0  # one tool twice is beyond them


def test_the_search_finds_rules_from_success_and_failure(planted: None) -> None:
    train, held = split()
    cases, ran = shuffled(train, learn.SHUFFLES, 1), Episodes()
    path = list(evolve(cases, 1, ran, generations=25))
    assert path[0].success < 0.6
    assert [one.success for one in path] == sorted(one.success for one in path)
    rules = fewer(path[-1].rules, cases, ran)
    assert len(rules) <= len(path[-1].rules)
    assert np.mean(successes(rules, shuffled(held, 1, 0), Episodes(), "alphabetical")) > 0.9


def test_equal_seeds_give_equal_searches_and_the_budget_holds(planted: None) -> None:
    cases = shuffled(split()[0], learn.SHUFFLES, 2)
    runs = [list(evolve(cases, 2, Episodes(), generations=4)) for _ in range(2)]
    assert runs[0] == runs[1]
    short = list(evolve(cases, 2, Episodes(), budget=1, generations=4))
    assert len(short) <= 1


def test_no_gold_order_reaches_the_search(planted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the calls of gold in another order, and the world as it was, the search is the same:
    what it is told is which calls there are, how they were shuffled, and what came of it."""
    cases = shuffled(split()[0], learn.SHUFFLES, 3)
    before = list(evolve(cases, 3, Episodes(), generations=3))
    known = {task: turns for task, turns in _gold().items() if task in split()[0]}
    turned = {task: tuple(turn[::-1] for turn in turns) for task, turns in known.items()}
    mirrored = tuple(
        Case(
            one.id,
            one.task,
            tuple(tuple(len(turn) - 1 - i for i in turn) for turn in one.shuffle),
        )
        for one in cases
    )
    monkeypatch.setattr(module, "gold", turned.__getitem__)
    after = list(evolve(mirrored, 3, Episodes(), generations=3))
    assert [one.rules for one in before] == [one.rules for one in after]


def test_a_lucky_rule_does_not_survive(planted: None) -> None:
    """A rule that says nothing, but whose genome once met a lucky shuffle, would beat its parent
    for good. On shared cases it ties with its parent, and minimisation drops it."""
    idle = parse_rule(f"{SHUT} before greet")  # never in one turn
    right = parse_rules(RIGHT[:2])
    lucky = [shuffled(split()[0], 1, seed) for seed in range(8)]
    values = [float(np.mean(successes(right, cases, Episodes(), "given"))) for cases in lucky]
    assert max(values) - min(values) > 0.05  # luck alone would decide
    cases = shuffled(split()[0], learn.SHUFFLES, 1)
    parent, child = (successes(r, cases, Episodes(), "given") for r in (right, (idle, *right)))
    assert parent == child
    assert idle not in fewer((idle, *right), cases, Episodes())
    *_, last = evolve(cases, 4, Episodes(), generations=6)
    assert idle not in fewer(last.rules, cases, Episodes())


def test_random_policies_are_drawn_within_the_results_allowed(planted: None) -> None:
    cases = shuffled(split()[0], 1, 1)
    rules, ran = best_of_n(cases, 1, results=100)
    assert ran <= 100
    again, _ = best_of_n(cases, 1, results=100)
    assert rules == again


def _context(answer: object, rules: tuple[str, ...] = ()) -> Context:
    genome = learn._genome().with_gene(PolicyGene(id=learn.GENE, text=True, rules=rules))
    failure = Observation("e", {"task": "t"}, "success", json.dumps(answer), 0.0)
    return Context((genome,), failures=(failure,))


def _proposed(answer: object, n: int = 60) -> set[str]:
    propose, rng = Reorder(learn._spec(learn.WHOLE)), np.random.default_rng(0)
    made = (propose(_context(answer), rng) for _ in range(n))
    return {str(rule) for one in made if one for rule in rules_of(one.genome)}


def test_reorder_puts_a_later_call_first(planted: None) -> None:
    box = {"box": "b"}
    rules = _proposed([[["greet", {}]], [[READ, box], [OPEN, box]]])
    assert f"{OPEN} before {READ}" in rules
    assert f"{OPEN} before {READ} when x.box = y.box" in rules
    assert not any(rule.startswith((READ, "greet")) and "before" in rule for rule in rules)


@pytest.mark.parametrize(
    "answer", [None, "text", [], [[]], [[[OPEN, {}]]], [["x"]], {"a": 1}, [[[OPEN, 3], [READ, 3]]]]
)
def test_reorder_proposes_nothing_where_no_two_calls_were_made(
    planted: None, answer: object
) -> None:
    assert _proposed(answer, 3) == set()


def test_reorder_respects_locked_rules(planted: None) -> None:
    spec, rng = learn._spec(learn.WHOLE), np.random.default_rng(0)
    line = f"{SHUT} last"
    gene = PolicyGene(id=learn.GENE, text=True, rules=(line,), locked=(line,))
    parent: Genome = learn._genome().with_gene(gene)
    answer = json.dumps([[[READ, {}], [OPEN, {}]]])
    failure = Observation("e", {"task": "t"}, "success", answer, 0.0)
    for _ in range(40):
        made = Reorder(spec)(Context((parent,), failures=(failure,)), rng)
        assert made is None or parse_rule(line) in rules_of(made.genome)


def test_the_report_has_every_method_once(
    planted: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(order, "SALTS", ("1",))
    monkeypatch.setattr(order, "ABLATIONS", {"champion/no_roles": learn.Language(joins=False)})
    short = {"generations": 2}
    monkeypatch.setattr(measure, "evolve", lambda *a, **k: evolve(*a, **{**k, **short}))
    order.main(seeds=1, json=True, jobs=1)
    rows = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    keys = [(row["method"], row["split"], row["metric"], row["seed"]) for row in rows]
    assert len(set(keys)) == len(keys)
    methods = {row["method"] for row in rows if row["metric"] == "success"}
    assert {*order.METHODS, "champion/no_roles"} == methods
    assert {"fixed", "salted"} == {row["split"] for row in rows}
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows if row["low"] is not None)


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(ConfigError, match="no part 'oder'"):
        bench.main("oder")
