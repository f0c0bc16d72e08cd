"""One change goes, the later ones stay; where they build on it, nothing goes (R28)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    ReasoningGene,
    render,
)
from genomes.errors import IntegrityError
from genomes.extension import extended
from genomes.removal import without_change
from genomes.scoping import scoped

A, B, C = (Domain(name=name, inputs=("text",), labels=("x", "y")) for name in "abc")


def demo(name: str) -> Demo:
    return Demo(example_id=name, inputs=(("text", name),), target="x")


def seed() -> Genome:
    return Genome(
        domains=(A, B, C),
        genes=(
            FragmentGene(id="task", text="Judge."),
            ReasoningGene(id="steps", template="Think."),
            DemoGene(id="demos", demos=(demo("d0"),)),
            FragmentGene(id="template", text="{{ text }}", place="user"),
        ),
    )


def put(genome: Genome, name: str, **content: object) -> Genome:
    return genome.with_gene(type(genome.gene(name)).model_validate(
        {**vars(genome.gene(name)), **content}))  # fmt: skip


def add(genome: Genome, gene: DecisionGene | FragmentGene, place: int = 1) -> Genome:
    genes = list(genome.genes)
    genes.insert(place, gene)
    return genome.with_genes(tuple(genes))


def drop(genome: Genome, name: str) -> Genome:
    return genome.with_genes(tuple(gene for gene in genome.genes if gene.id != name))


def test_changes_of_two_genes_come_apart_either_way():
    first = put(seed(), "task", text="Judge well.")
    second = put(first, "steps", template="Think twice.")
    assert without_change(second, seed(), first) == put(seed(), "steps", template="Think twice.")
    assert without_change(second, first, second) == first


def test_the_last_change_goes_without_a_trace():
    before = add(put(seed(), "task", text="t"), DecisionGene(id="cold", parameter="temperature"))
    for after in (drop(before, "steps"), scoped(put(before, "task", text="u"), before, "b")):
        assert without_change(after, before, after) == before


def test_gains_of_two_domains_come_apart_although_they_split_one_gene():
    first = scoped(put(seed(), "task", text="For a."), seed(), "a")
    better = first.with_genes(tuple(
        gene.model_copy(update={"text": "For b."}) if gene.id == "task" else gene
        for gene in first.genes))  # fmt: skip
    second = scoped(better, first, "b")
    assert without_change(second, first, second) == first
    left = without_change(second, seed(), first)
    assert render(left, "a") == render(seed(), "a")
    assert render(left, "b") == render(second, "b")
    assert render(left, "c") == render(seed(), "c")


def test_a_change_that_a_domain_built_on_is_refused_and_named():
    first = put(seed(), "task", text="Judge well.")
    second = scoped(put(first, "task", text="Judge very well."), first, "a")
    with pytest.raises(IntegrityError, match="later changes build on it in task"):
        without_change(second, seed(), first)


def test_the_same_gene_changed_twice_is_refused_and_named():
    first = put(seed(), "task", text="Judge well.")
    second = put(first, "task", text="Judge very well.")
    with pytest.raises(IntegrityError, match="in task") as caught:
        without_change(second, seed(), first)
    assert "take the later changes out first" in str(caught.value.remedy)


def test_an_added_gene_goes_and_a_removed_one_comes_back_in_its_place():
    first = add(seed(), FragmentGene(id="tone", text="Be kind."))
    second = put(first, "task", text="Judge well.")
    assert without_change(second, seed(), first) == put(seed(), "task", text="Judge well.")
    first = drop(seed(), "steps")
    second = put(first, "task", text="Judge well.")
    assert without_change(second, seed(), first) == put(seed(), "task", text="Judge well.")


def test_a_gene_removed_and_put_back_differently_is_refused():
    first = drop(seed(), "steps")
    second = add(first, FragmentGene(id="steps", text="Other."))
    with pytest.raises(IntegrityError, match="in steps"):
        without_change(second, seed(), first)


def test_a_gene_that_a_later_change_removed_needs_nothing():
    first = put(seed(), "steps", template="Think twice.")
    second = drop(first, "steps")
    assert without_change(second, seed(), first) == second


def test_demonstrations_that_were_added_in_turn_come_apart():
    first = put(seed(), "demos", demos=(demo("d0"), demo("d1")))
    second = put(first, "demos", demos=(demo("d2"), demo("d0"), demo("d1")))
    left = without_change(second, seed(), first)
    assert [one.example_id for one in left.gene("demos").demos] == ["d2", "d0"]
    swapped = put(seed(), "demos", demos=(demo("d9"),))
    with pytest.raises(IntegrityError, match="in demos"):
        without_change(put(swapped, "demos", demos=(demo("d9"), demo("d2"))), seed(), swapped)


def test_an_order_goes_back_unless_it_was_changed_again():
    first = seed().with_genes((seed().genes[1], seed().genes[0], *seed().genes[2:]))
    second = put(first, "task", text="Judge well.")
    assert without_change(second, seed(), first) == put(seed(), "task", text="Judge well.")
    again = first.with_genes((first.genes[2], *first.genes[:2], first.genes[3]))
    with pytest.raises(IntegrityError, match="order of the genes"):
        without_change(again, seed(), first)


def test_a_domain_that_came_later_keeps_what_the_extension_gave_it():
    first = scoped(put(seed(), "task", text="For a."), seed(), "a")
    d = Domain(name="d", inputs=("text",), labels=("x", "y"))
    grown = Genome(domains=(A, B, C, d), genes=put(seed(), "task", text="For d.").genes)
    present = extended(first, grown)
    left = without_change(present, seed(), first)
    assert render(left, "d") == render(present, "d")
    assert render(left, "a") == render(seed(), "a")


def test_what_cannot_be_rendered_is_refused():
    bare = drop(seed(), "template")
    first = add(bare, FragmentGene(id="user", text="{{ text }}", place="user"))
    second = put(first, "task", text="Judge well.")
    with pytest.raises(IntegrityError, match="cannot be rendered"):
        without_change(second, bare, first)


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["task", "steps", "tone", "demos"]),
        st.sampled_from(["", "a", "b"]),
        st.text("uvw", max_size=2),
    ),
    min_size=2,
    max_size=5,
)


def edited(genome: Genome, name: str, domain: str, word: str) -> Genome:
    """One change as the loop makes them: to one slot, for all domains or for one."""
    genes = {gene.id.partition("@")[0]: gene for gene in genome.genes
             if not domain or gene.acts_in(domain)}  # fmt: skip
    gene = genes.get(name)
    if gene is None:
        return add(genome, FragmentGene(id="tone", text=word)) if name == "tone" else genome
    field = {"steps": "template", "demos": "demos"}.get(name, "text")
    value = (*gene.demos, demo(word)) if field == "demos" else word
    found = put(genome, gene.id, **{field: value})
    return scoped(found, genome, domain) if domain else found


@settings(max_examples=150, deadline=None)
@given(edits=_EDITS, which=st.integers(0, 4))
def test_untouched_domains_stay_byte_identical_and_nothing_new_appears(edits, which):
    line = [seed()]
    for edit in edits:
        line.append(edited(line[-1], *edit))
    which = min(which, len(edits) - 1)
    before, after, present = line[which], line[which + 1], line[-1]
    try:
        left = without_change(present, before, after)
    except IntegrityError:
        return  # refused and named
    for domain in "abc":
        if render(before, domain) == render(after, domain):
            assert render(left, domain) == render(present, domain)
        if render(present, domain) == render(after, domain):
            assert render(left, domain) == render(before, domain)
    texts = {v for g in (*before.genes, *present.genes) for v in vars(g).values() if v != g.id}
    for gene in left.genes:
        for field, value in vars(gene).items():
            if field not in ("id", "scope", "demos"):
                assert value in texts
