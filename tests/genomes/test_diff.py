"""Diffs are complete and readable."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import (
    Domain,
    FragmentGene,
    Genome,
    ReasoningGene,
    diff,
    format_diff,
)
from genomes.diff import word_diff
from genomes.variation import mutate, random_genome


def edit(genome, gene_id, **fields):
    gene = genome.gene(gene_id)
    return genome.with_gene(type(gene)(**{**dict(gene), **fields}))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_diff_names_exactly_the_genes_that_differ(world, seed):
    rng = np.random.default_rng(seed)
    a = random_genome(world.a, world.spec, rng)
    b = mutate(a, world.spec, rng).child
    for one, other in ((a, b), (b, a), (a, world.b)):
        changed = {g.id for g in one.genes if g != other.gene(g.id)}
        assert {change.gene for change in diff(one, other)} == changed
        assert len(format_diff(one, other).splitlines()) == len(diff(one, other))
    assert diff(a, a) == ()


@given(st.text(max_size=30), st.text(max_size=30))
def test_both_texts_can_be_read_off_a_word_diff(before, after):
    clean = re.compile(r"[\[\]{}+-]")
    before, after = clean.sub("", before), clean.sub("", after)
    both = word_diff(before, after)
    gone, come = r"\[-(.*?)-\]", r"\{\+(.*?)\+\}"
    assert re.sub(gone, r"\1", re.sub(come, "", both, flags=re.S), flags=re.S) == before
    assert re.sub(come, r"\1", re.sub(gone, "", both, flags=re.S), flags=re.S) == after


def test_texts_are_compared_word_by_word(rich):
    text = rich.a.gene("task").text.replace("carefully. Is", "twice. Is")
    assert format_diff(rich.a, edit(rich.a, "task", text=text)) == (
        "~ task.text: Please read the text [-carefully-]{+twice+}. Is it {{ labels }}? Be brief."
        "\\npositive: the writer liked it."
    )


def test_decisions_and_choices(rich):
    child = edit(edit(rich.a, "shift", value=-0.25), "form", value="last")
    assert format_diff(rich.a, child).splitlines() == [
        "~ shift.offset[positive]: 0.7 -> -0.25",
        "~ form.extract: first -> last",
    ]


def test_demonstrations(rich):
    pool, shown = rich.spec.pool(()), rich.a.gene("demos").demos
    child = edit(rich.a, "demos", demos=(shown[1], shown[0], pool[7]))
    assert format_diff(rich.a, child).splitlines() == [
        "- demos.demo: [e4] review 4 with {{ braces }} => positive",
        "+ demos.demo: [e7] review 7 with {{ braces }} => negative",
        "~ demos.order: e0 e3 e4 -> e3 e0 e7",
    ]


def test_genes_that_come_go_or_move(rich):
    fresh = FragmentGene(id="fresh", text="New.")
    moved = rich.a.with_genes((*rich.a.genes[:1], *rich.a.genes[-1:], *rich.a.genes[1:-1]))
    assert [str(c) for c in diff(rich.a, rich.a.with_genes((*rich.a.genes, fresh)))] == [
        "+ fresh.text: New."
    ]
    assert [c.sign for c in diff(rich.a, rich.a.with_genes(rich.a.genes[1:]))] == ["-"]
    assert [c.field for c in diff(rich.a, moved)] == ["order"]


def test_scopes_locks_kinds_and_the_contract():
    def genome(gene, **domain):
        return Genome(domains=(Domain(name="d", inputs=("x",), **domain),), genes=(gene,))

    plain = genome(FragmentGene(id="g", text="T."))
    for other, field in (
        (genome(FragmentGene(id="g", text="T.", scope=("d",))), "scope"),
        (genome(FragmentGene(id="g", text="T.", locked=("T",))), "locked"),
        (genome(FragmentGene(id="g", text="T.", place="user")), "place"),
        (genome(ReasoningGene(id="g", template="T.")), "kind"),
        (genome(FragmentGene(id="g", text="T."), max_tokens=7), "max_tokens"),
    ):
        assert field in {change.field for change in diff(plain, other)}


def test_emptied_texts_are_shown(rich):
    assert format_diff(rich.a, edit(rich.a, "role", text="")) == (
        "~ role.text: [-You are helpful.-]"
    )
