"""Moves on rules, and what they leave alone."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import Domain, FragmentGene, Genome, GenomeSpec, PolicyGene, RuleSpace, Slot
from genomes.rules import FORMS, Tool, contradictions, parse_rule
from genomes.variation import CROSSOVERS, MUTATIONS, cross, mutate, random_genome
from genomes.variation.apply import _chosen
from genomes.variation.rule_draw import random_rules, wider

ONLY = [name for name, op in (*MUTATIONS.items(), *CROSSOVERS.items()) if op.only_for == "policy"]
SPACE = RuleSpace(
    tools=(
        Tool(name="mv_file", tool_class="Files", args=("to", "name")),
        Tool(name="cd", tool_class="Files", args=("folder",)),
        Tool(name="post_file", tool_class="Mail", args=("name",)),
    ),
    max_rules=6,
    max_conditions=1,
    pairs=(("to", "folder"),),
    values=(("folder", '".."'),),
)


def world(rules, space=SPACE, **more):
    genes = (
        FragmentGene(id="u", place="user", text="{{ x }}"),
        PolicyGene(id="p", rules=rules, **more),
    )
    domains = (Domain(name="d", inputs=("x",)), Domain(name="e", inputs=("x",)))
    return Genome(domains=domains, genes=genes), GenomeSpec(slots=(Slot(gene="p", rules=space),))


def reached(name, rules, tries=80, **more):
    """All rule sets that a mutation makes."""
    genome, spec = world(rules, **more)
    made = (MUTATIONS[name](genome, spec, np.random.default_rng(i)).child for i in range(tries))
    return {child.gene("p").rules for child in made if child is not None}


@pytest.mark.parametrize(
    ("name", "rule", "wanted"),
    [
        (
            "flip_rule",
            "mv_file before cd when x.to = y.folder",
            ["cd before mv_file when y.to = x.folder"],
        ),
        ("flip_rule", "cd first", ["cd last"]),
        ("flip_rule", "cd requires mv_file or insert mv_file()", ["mv_file requires cd"]),
        ("flip_rule", "prefer cd", []),
        ("change_priority", "cd first", [f"cd first priority {n}" for n in (1, 2, 3)]),
        ("change_count", "at most 2 cd", ["at most 1 cd", "at most 3 cd"]),
        ("change_count", "at most 1 cd", ["at most 2 cd"]),
        ("change_count", "cd first", []),
        (
            "generalise_rule",
            "cd first",
            [f"{s} first" for s in ("class:Files", "verb:cd", "word:cd", "any")],
        ),
        ("generalise_rule", "verb:mv last", ["any last"]),
        ("specialise_rule", "class:Files first", ["mv_file first", "cd first"]),
        ("specialise_rule", "cd first", []),
        ("drop_condition", 'cd first when x.folder = ".."', ["cd first"]),
        ("drop_condition", "stop when error", []),
        ("add_condition", "cd first", ['cd first when x.folder = ".."']),
        ("move_rule", "cd first", []),
        ("drop_rule", "cd first", [None]),
    ],
)
def test_moves(name, rule, wanted):
    assert reached(name, (rule,)) == {(one,) if one else () for one in wanted}


def test_an_equality_of_arguments_is_found_and_the_likely_pair_first():
    found = reached("add_condition", ("mv_file before cd",))
    assert ("mv_file before cd when x.to = y.folder",) in found
    assert ("cd requires mv_file when x.folder = y.to",) in reached(
        "add_condition", ("cd requires mv_file",)
    )


def test_a_rule_may_be_narrowed_to_a_domain_and_back():
    space = SPACE.model_copy(update={"domains": ("d", "e")})
    assert ("in e: cd first",) in reached("specialise_rule", ("cd first",), space=space)
    assert ("cd first",) in reached("generalise_rule", ("in e: cd first",), space=space)


def test_no_move_adds_a_contradiction_but_one_may_stay():
    for name in ("add_rule", "replace_rule", "flip_rule"):
        for rules in reached(name, ("cd before mv_file", "mv_file before post_file")):
            assert not contradictions([*map(parse_rule, rules)], SPACE.toolset)
    clash = ("cd before mv_file", "mv_file before cd")
    assert {("cd before mv_file",), ("mv_file before cd",)} == reached("drop_rule", clash)
    assert reached("change_priority", (*clash, "post_file last"))


def test_a_locked_rule_stays():
    more = {"locked": ("never cd",)}
    genome, spec = world(("never cd", "mv_file first"), **more)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        assert "never cd" in random_genome(genome, spec, rng).gene("p").rules
        child = mutate(genome, spec, rng).child
        assert child is None or any("never cd" in rule for rule in child.gene("p").rules)


def test_only_what_reaches_the_prompt_varies_where_nothing_is_enforced():
    assert not reached("change_priority", ("cd first",), enforce=False, text=True)
    assert reached("flip_rule", ("cd first",), enforce=False, text=True)
    assert not reached("flip_rule", ("cd first",), enforce=False)


def test_without_material_rules_only_leave_turn_and_move():
    for name in ("add_rule", "replace_rule", "add_condition", "generalise_rule"):
        assert not reached(name, ("cd first", "mv_file last"), space=None, tries=5)
    assert reached("drop_rule", ("cd first",), space=None) == {()}


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(FORMS)))
def test_random_rules_are_of_the_asked_kind_and_within_bounds(seed, kind):
    space = SPACE.model_copy(update={"kinds": (kind,), "texts": ("late",)})
    rules = list(islice(random_rules(space, np.random.default_rng(seed)), 20))
    assert {rule.kind for rule in rules} == {kind}
    assert [space.refusal([rule]) for rule in rules] == [None] * 20


def test_a_kind_that_nothing_can_be_drawn_for_ends():
    space = SPACE.model_copy(update={"kinds": ("stop",), "values": (), "max_conditions": 0})
    assert not list(random_rules(space, np.random.default_rng(0)))


def test_generalisation_never_loses_a_tool():
    for tool in SPACE.tools:
        selector = parse_rule(f"{tool.name} first").x
        for other in wider(selector, SPACE):
            assert tool.name in SPACE.toolset.select(other)


def test_mixtures_keep_what_both_hold_and_the_bounds():
    a, spec = world(("cd first", "post_file last", "mv_file before post_file"))
    b, _ = world(("cd first", "never cd when x.folder", "at most 2 any", "prefer cd"))
    union, seen = CROSSOVERS["union_rules"](a, b, spec, np.random.default_rng(0)).child, set()
    assert union.gene("p").rules == (*a.gene("p").rules, *b.gene("p").rules[1:])
    for seed in range(30):
        rng = np.random.default_rng(seed)
        mixed = CROSSOVERS["mix_rules"](a, b, spec, rng).child.gene("p").rules
        one = CROSSOVERS["inherit_rule"](a, b, spec, rng).child.gene("p").rules
        assert "cd first" in mixed
        assert len(one) == 4
        seen.add(mixed)
    assert len(seen) > 10


def test_draws_of_genomes_without_a_policy_do_not_know_that_there_are_policies():
    plain = Genome(
        domains=(Domain(name="d", inputs=("x",)),),
        genes=(FragmentGene(id="u", place="user", text="{{ x }}"),),
    )
    for operators in (MUTATIONS, CROSSOVERS):
        tried = [op.name for op in _chosen(operators, None, plain)]
        assert tried == [name for name in operators if name not in ONLY]
        assert [op.name for op in _chosen(operators, None, world(())[0])] == list(operators)
    assert len(ONLY) == 14
    spec = GenomeSpec(slots=(Slot(gene="u"),))
    made = mutate(plain, spec, np.random.default_rng(0), ["add_rule"])
    assert "needs an open policy" in made.reason
    assert cross(plain, plain, spec, np.random.default_rng(0), ["mix_rules"]).child is None
