"""A child of two parents holds nothing but what they hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import DecisionGene, DemoGene, PolicyGene
from genomes.variation import CROSSOVERS, cross, random_genome
from genomes.variation.content import text_of
from genomes.variation.sentences import split

WHOLE = ("uniform", "one_point", "inherit_gene")


def content(gene):
    if isinstance(gene, DemoGene):
        return gene.demos
    if isinstance(gene, PolicyGene):
        return gene.rules
    return gene.value if isinstance(gene, DecisionGene) else text_of(gene)


def within(name, old, donor, new) -> bool:
    if content(new) in (content(old), content(donor)):
        return True
    if name in ("union_rules", "inherit_rule", "mix_rules"):
        return set(new.rules) <= set(old.rules) | set(donor.rules)
    if name == "mix_demos":
        return set(new.demos) <= set(old.demos) | set(donor.demos)
    if name == "splice_sentences":
        known = {*split(text_of(old)).parts, *split(text_of(donor)).parts}
        return set(split(text_of(new)).parts) <= known
    if name == "blend_decisions":
        low, high = sorted((old.number(), donor.number()))
        return low <= new.number() <= high
    return False


@pytest.mark.parametrize("name", CROSSOVERS)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_child_holds_only_material_of_its_parents(name, world, seed):
    rng = np.random.default_rng(seed)
    a, b = (random_genome(genome, world.spec, rng) for genome in (world.a, world.b))
    child = CROSSOVERS[name](a, b, world.spec, rng).child
    if child is not None:
        for gene in child.genes:
            assert within(name, a.gene(gene.id), b.gene(gene.id), gene), gene.id


def children(name, world, seeds=range(20)):
    made = [
        CROSSOVERS[name](world.a, world.b, world.spec, np.random.default_rng(seed))
        for seed in seeds
    ]
    assert all(variation.child is not None for variation in made), made[0].reason
    return made


def test_uniform_takes_from_both_and_varies(rich):
    assert len({made.child.id for made in children("uniform", rich)}) > 15


def test_one_point_cuts_the_gene_order_once(rich):
    ids = [gene.id for gene in rich.a.genes if gene != rich.b.gene(gene.id)]
    for made in children("one_point", rich):
        taken = [gene_id in made.touched for gene_id in ids]
        assert sum(x != y for x, y in pairwise(taken)) == 1


def test_inherit_takes_exactly_one_gene(rich):
    assert {made.touched for made in children("inherit_gene", rich, range(60))} == {
        (gene.id,) for gene in rich.a.genes if gene != rich.b.gene(gene.id)
    }


def test_a_splice_holds_sentences_of_both(rich):
    for made in children("splice_sentences", rich):
        (gene_id,) = made.touched
        parts = set(split(text_of(made.child.gene(gene_id))).parts)
        for parent in (rich.a, rich.b):
            assert parts & set(split(text_of(parent.gene(gene_id))).parts)


def test_a_mix_can_hold_demonstrations_of_both(rich):
    old, donor = (set(genome.gene("demos").demos) for genome in (rich.a, rich.b))
    mixes = [set(made.child.gene("demos").demos) for made in children("mix_demos", rich)]
    assert any(mix & (old - donor) and mix & (donor - old) for mix in mixes)


def test_a_blend_lies_strictly_between(rich):
    for made in children("blend_decisions", rich):
        assert made.touched == ("shift", "least")
        assert -1.5 < made.child.gene("shift").number() < 0.7
        assert 0.2 < made.child.gene("least").number() < 0.6


def test_the_child_keeps_locks_and_fixed_genes_of_the_first_parent(rich):
    other = rich.b.with_gene(rich.b.gene("house").model_copy(update={"text": "No rules."}))
    other = other.with_gene(rich.b.gene("task").model_copy(update={"locked": ("Which",)}))
    taken = set()
    for seed in range(20):
        child = cross(rich.a, other, rich.spec, np.random.default_rng(seed)).child
        assert child.gene("house") == rich.a.gene("house")
        assert child.gene("task").locked == ()
        taken.add(child.gene("task").text)
    assert rich.b.gene("task").text in taken  # the content comes, the donor's lock does not


def test_a_splice_never_says_a_thing_twice(rich):
    donor = rich.b.gene("task").model_copy(update={"text": "Answer. Be brief. Is it so?"})
    texts = {
        made.child.gene("task").text
        for seed in range(40)
        if "task"
        in (
            made := CROSSOVERS["splice_sentences"](
                rich.a, rich.b.with_gene(donor), rich.spec, np.random.default_rng(seed)
            )
        ).touched
    }
    assert len(texts) > 3
    assert all(len(parts) == len(set(parts)) for parts in (split(text).parts for text in texts))


def test_text_that_lost_a_lock_is_not_taken(locked):
    donor = locked.b.with_gene(locked.b.gene("task").model_copy(update={"text": "Free."}))
    for seed in range(20):
        child = cross(locked.a, donor, locked.spec, np.random.default_rng(seed)).child
        assert "It is the law." in child.gene("task").text
