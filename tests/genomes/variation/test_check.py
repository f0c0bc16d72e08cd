"""The judge: each rule has a child that breaks it alone."""

from __future__ import annotations

import pytest

from genomes import Demo, Genome, Slot
from genomes.variation import check, violation


def edit(genome, gene_id, **fields):
    gene = genome.gene(gene_id)
    return genome.with_gene(type(gene)(**{**dict(gene), **fields}))


STRANGER = Demo(example_id="gate-1", inputs=(("review", "unseen"),), target="positive")


@pytest.mark.parametrize(
    ("gene_id", "fields", "reason"),
    [
        ("house", {"text": "New rules."}, "no slot"),
        ("task", {"text": "x" * 601}, "max_chars is 600"),
        ("task", {"text": " "}, "not optional"),
        ("task", {"locked": ("Is it",)}, "locks changed"),
        ("task", {"scope": ("s",)}, "scopes"),
        ("user", {"text": "Review:"}, "lacks {{ review }}"),
        ("user", {"text": "{{ review }} {{ film }}"}, "no value for placeholder {{ film }}"),
        ("task", {"text": "Read {{ film }}."}, "no value for placeholder {{ film }}"),
        ("demos", {"demos": (STRANGER,)}, "outside the pool: gate-1"),
        ("shift", {"value": 2.01}, "outside [-2.0, 2.0]"),
        ("shift", {"label": "negative"}, "genes' ids, kinds"),
        ("least", {"value": 1.5}, "outside [0.0, 1.0]"),
        ("heat", {"value": -0.1}, "outside [0.0, 1.0]"),
        ("form", {"value": "middle"}, "none of first, last"),
        ("task", {}, "equals its parent"),
    ],
)
def test_each_rule_refuses(gene_id, fields, reason, rich):
    assert reason in (check(edit(rich.a, gene_id, **fields), rich.a, rich.spec) or "")


def test_a_lawful_child_passes(rich):
    child = edit(rich.a, "task", text="Is it {{ labels }}?")
    assert check(child, rich.a, rich.spec) is None
    assert check(child, rich.a, rich.spec, touched={"task"}) is None


def test_only_named_genes_may_change(rich):
    child = edit(edit(rich.a, "role", text="R."), "task", text="T.")
    assert "task: changed but not named" in check(child, rich.a, rich.spec, touched={"role"})


def test_a_copy_of_the_second_parent_is_no_child(rich):
    assert check(rich.b, rich.a, rich.spec) is None
    assert "equals its parent" in check(rich.b, rich.a, rich.spec, other=rich.b)


def test_locked_spans_hold(locked):
    child = edit(locked.a, "task", text="Decide {{ labels }}.")
    assert "locked span" in check(child, locked.a, locked.spec)
    child = edit(locked.a, "demos", demos=locked.a.gene("demos").demos[1:])
    assert "locked span" in check(child, locked.a, locked.spec)


def test_the_whole_text_counts_demonstrations(rich):
    room = rich.spec.model_copy(update={"max_chars": 250})
    assert violation(rich.a, room) is not None
    assert "250" in violation(rich.a, room)


def test_too_many_or_repeated_demonstrations(rich):
    pool = rich.spec.pool(())
    assert "max_demos is 5" in violation(edit(rich.a, "demos", demos=pool[:6]), rich.spec)
    twice = edit(rich.a, "demos", demos=(pool[0], pool[0]))
    assert "twice" in violation(twice, rich.spec)


def test_the_contract_and_the_order_of_genes_are_fixed(rich):
    other = rich.a.with_genes(rich.a.genes[::-1])
    assert "order" in check(other, rich.a, rich.spec)
    domain = rich.a.domains[0].model_copy(update={"max_tokens": 5})
    wider = Genome(domains=(domain,), genes=rich.a.genes)
    assert "host contract" in check(wider, rich.a, rich.spec)


def test_a_slot_without_a_gene_is_named(rich):
    spec = rich.spec.model_copy(update={"slots": (Slot(gene="tusk"),)})
    assert "'tusk'" in violation(rich.a, spec)
