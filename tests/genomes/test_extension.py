"""A genome gains domains and every old one stays byte-identical (R31)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomes import DecisionGene, Domain, FragmentGene, Genome, render
from genomes.errors import GenomeError
from genomes.extension import extended, new_domains, without
from genomes.scoping import scoped

OLD = ("film", "book")
NEW = ("news", "mail")


def domain(name: str, **more) -> Domain:
    return Domain(name=name, inputs=("text",), labels=("good", "bad"), **more)


def seed(names, order=None) -> Genome:
    return Genome(
        domains=tuple(domain(name) for name in order or names),
        genes=(
            FragmentGene(id="role", text="Role."),
            *(FragmentGene(id=f"task-{n}", text=f"Judge {n}.", scope=(n,)) for n in names),
            FragmentGene(id="some", text="Some.", scope=tuple(names[1:])),
            FragmentGene(id="user", place="user", text="{{ text }}"),
            DecisionGene(id="shift", parameter="offset", label="good"),
        ),
    )


def evolved(domains: list[str]) -> Genome:
    """A champion that came by changes everywhere and by changes limited to some domains."""
    genome = seed(OLD)
    for step, name in enumerate(domains):
        genes = tuple(
            gene.model_copy(update={"text": f"{gene.text} {step}"})
            if isinstance(gene, FragmentGene) and gene.acts_in(name or OLD[0])
            else gene
            for gene in genome.genes
        )
        changed = genome.with_genes(genes)
        genome = scoped(changed, genome, name) if name else changed
    return genome


@given(
    st.lists(st.sampled_from(["", *OLD]), max_size=4),
    st.permutations([*NEW, "x"]).map(lambda found: found[: found.index("x")]),
    st.data(),
)
def test_old_domains_stay_byte_identical_and_new_ones_work(steps, new, data):
    champion = evolved(steps)
    order = [*OLD]
    for name in new:
        order.insert(data.draw(st.integers(0, len(order))), name)
    grown = extended(champion, seed((*OLD, *new), order))
    for name in OLD:
        assert render(grown, name) == render(champion, name)
        assert render(grown, name).call_hash == render(champion, name).call_hash
        assert render(grown, name).reading_hash == render(champion, name).reading_hash
    for name in new:
        texts = [turn.text for turn in render(grown, name).turns]
        assert f"Judge {name}." in texts[0]
        assert texts[0].startswith("Role.")
        assert "{{ text }}" in texts[-1]
    if new:
        assert without(grown, new) == champion
    else:
        assert grown == champion


def test_growing_twice_is_growing_once():
    champion = evolved(["film", "book"])
    once = extended(champion, seed((*OLD, *NEW)))
    step = extended(extended(champion, seed((*OLD, "news"))), seed((*OLD, *NEW)))
    for name in (*OLD, *NEW):
        assert render(step, name) == render(once, name)


def test_a_global_gene_keeps_what_it_has_become():
    champion = seed(OLD).with_gene(FragmentGene(id="role", text="Better role."))
    grown = extended(champion, seed((*OLD, "news")))
    assert render(grown, "news").turns[0].text.startswith("Better role.")


@pytest.mark.parametrize(
    "domains",
    [
        (domain("film"),),
        (domain("film"), domain("book", max_tokens=9), domain("news")),
        (domain("book"), domain("film"), domain("news")),
        (domain("news"),),
    ],
)
def test_anything_but_an_addition_is_refused(domains):
    changed = Genome(domains=domains, genes=seed(OLD).genes[-2:-1])
    with pytest.raises(GenomeError, match="changed, missing or moved"):
        new_domains(seed(OLD), changed)


def test_a_new_domain_that_cannot_be_rendered_is_refused():
    other = Domain(name="news", inputs=("headline",))
    bad = Genome(domains=(*seed(OLD).domains, other), genes=seed(OLD).genes)
    with pytest.raises(GenomeError, match="headline"):
        extended(seed(OLD), bad)
