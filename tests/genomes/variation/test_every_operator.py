"""What holds for every operator in every world, whatever the seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import DecisionGene, DemoGene, Genome, PolicyGene, from_json, render, to_json
from genomes.placeholders import placeholders
from genomes.rules import check_tools, contradictions, parse_rule
from genomes.variation import CROSSOVERS, MUTATIONS, check, cross, mutate, random_genome, violation
from genomes.variation.content import length, spans, text_of

SEEDS = st.integers(0, 2**32 - 1)
NAMES = [*MUTATIONS, *CROSSOVERS]


def apply(name, world, seed):
    """One operator after a random walk; gives (parents, variation)."""
    rng = np.random.default_rng(seed)
    a, b = (wander(start, world, rng) for start in (world.a, world.b))
    if name in MUTATIONS:
        return (a,), MUTATIONS[name](a, world.spec, rng)
    return (a, b), CROSSOVERS[name](a, b, world.spec, rng)


def wander(genome, world, rng):
    if rng.random() < 0.3:
        genome = random_genome(genome, world.spec, rng)
    for _ in range(int(rng.integers(3))):
        genome = mutate(genome, world.spec, rng).child or genome
    return genome


def changed_ids(old: Genome, new: Genome) -> set[str]:
    return {gene.id for gene in new.genes if gene != old.gene(gene.id)}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5)
@given(seed=SEEDS)
def test_an_operator_changes_what_it_names_or_says_why_not(name, world, seed):
    parents, made = apply(name, world, seed)
    assert made.operator == name
    assert made.reason
    if made.child is None:
        assert made.touched == ()
        return
    assert all(made.child.id != parent.id for parent in parents)
    assert changed_ids(parents[0], made.child) == set(made.touched)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5)
@given(seed=SEEDS)
def test_a_child_keeps_contract_locks_bounds_and_inputs(name, world, seed):
    parents, made = apply(name, world, seed)
    if made.child is None:
        return
    parent, child = parents[0], made.child
    assert child.domains == parent.domains
    assert [gene.id for gene in child.genes] == [gene.id for gene in parent.genes]
    for old, new in zip(parent.genes, child.genes, strict=True):
        assert (new.kind, new.scope, new.locked) == (old.kind, old.scope, old.locked)
        assert all(any(span in text for text in spans(new)) for span in old.locked)
        in_bounds(new, world.spec.slot(new.id), old)
    assert sum(map(length, child.genes)) <= world.spec.max_chars
    for domain in child.domains:
        rendered = render(child, domain.name)
        assert set(domain.inputs) == placeholders(rendered.turns[-1].text)
        values = {name: f"<{name}>" for name in domain.inputs}
        last = rendered.messages(values)[-1]["content"]
        assert all(last.count(value) == 1 for value in values.values())


def in_bounds(gene, slot, old):
    """The bounds, spelled out anew rather than asked of the code under test."""
    if slot is None:
        assert gene == old
    elif isinstance(gene, DemoGene):
        assert len(gene.demos) <= slot.max_demos
        assert len({demo.example_id for demo in gene.demos}) == len(gene.demos)
    elif isinstance(gene, PolicyGene):
        assert len(gene.rules) <= slot.rules.max_rules
        assert len(set(gene.rules)) == len(gene.rules)
        assert all(str(parse_rule(line)) == line for line in gene.rules)
        check_tools(gene.parsed, slot.rules.toolset)
        clashes = set(map(str, contradictions(gene.parsed, slot.rules.toolset)))
        assert clashes <= set(map(str, contradictions(old.parsed, slot.rules.toolset)))
    elif isinstance(gene, DecisionGene) and isinstance(gene.value, str):
        assert gene.value in slot.choices
    elif isinstance(gene, DecisionGene):
        assert slot.low <= gene.value <= slot.high
        assert gene.value >= 0 or gene.parameter == "offset"
    else:
        assert len(text_of(gene)) <= slot.max_chars


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=2)
@given(seed=SEEDS)
def test_the_same_seed_gives_the_same_child(name, world, seed):
    assert apply(name, world, seed)[1] == apply(name, world, seed)[1]


def acts_on(gene, parent, domain):
    """Whether the change of a gene can be seen in a domain; rules have scopes of their own."""
    if isinstance(gene, PolicyGene):
        old = parent.gene(gene.id)
        seen = [
            [rule if one.enforce else rule.bare for rule in one.rules_in(domain)]
            for one in (old, gene)
        ]
        return (gene.enforce or gene.text) and gene.acts_in(domain) and seen[0] != seen[1]
    return gene.acts_in(domain)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=3)
@given(seed=SEEDS)
def test_reading_genes_leave_the_call_alone_and_call_genes_change_it(name, world, seed):
    parents, made = apply(name, world, seed)
    if made.child is None:
        return
    parent, child = parents[0], made.child
    touched = [child.gene(gene_id) for gene_id in made.touched]
    for domain in child.domains:
        before, after = render(parent, domain.name), render(child, domain.name)
        here = [gene for gene in touched if acts_on(gene, parent, domain.name)]
        affects = {gene.affects for gene in here}
        assert (before.call_hash != after.call_hash) == ("call" in affects)
        if not affects:  # R27: what is scoped elsewhere leaves no trace here
            assert before == after


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=3)
@given(seed=SEEDS)
def test_a_child_survives_storage(name, world, seed):
    child = apply(name, world, seed)[1].child
    if child is not None:
        assert from_json(to_json(child)).id == child.id


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_is_reachable(name, rich):
    made = MUTATIONS[name](rich.a, rich.spec, np.random.default_rng(1))
    assert made.child is not None, made.reason


@pytest.mark.parametrize("name", CROSSOVERS)
def test_every_crossover_is_reachable(name, rich):
    made = CROSSOVERS[name](rich.a, rich.b, rich.spec, np.random.default_rng(1))
    assert made.child is not None, made.reason


@pytest.mark.parametrize("name", CROSSOVERS)
def test_no_crossover_can_make_a_child_of_equal_parents(name, world):
    made = CROSSOVERS[name](world.a, world.a, world.spec, np.random.default_rng(1))
    assert made.child is None


@pytest.mark.parametrize("name", NAMES)
def test_nothing_varies_without_a_slot(name, rich):
    fixed = rich.spec.model_copy(update={"slots": ()})
    rng = np.random.default_rng(1)
    if name in MUTATIONS:
        made = MUTATIONS[name](rich.a, fixed, rng)
    else:
        made = CROSSOVERS[name](rich.a, rich.b, fixed, rng)
    assert made.child is None
    assert "needs" in made.reason


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_long_walk_stays_valid(world, seed):
    rng = np.random.default_rng(seed)
    walk = [world.a]
    for _ in range(12):
        made = (
            cross(walk[-1], world.b, world.spec, rng)
            if rng.random() < 0.3
            else mutate(walk[-1], world.spec, rng)
        )
        walk.append(made.child or walk[-1])
    assert violation(walk[-1], world.spec) is None
    steps = [(old, new) for old, new in pairwise(walk) if old != new]
    assert steps
    assert all(check(new, old, world.spec) is None for old, new in steps)
