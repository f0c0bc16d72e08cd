"""The seed genome and the freedom to vary it, for examples that come without either."""

from __future__ import annotations

from collections.abc import Iterable

from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Gene,
    Genome,
    GenomeSpec,
    ReasoningGene,
    Slot,
)
from genomes.library import load_library
from genomes.variation.stock import bind

_OFFSET_NATS = 10.0


def plain_seed(domain: Domain) -> Genome:
    """One instruction, the bare input, no demonstrations: what a first attempt looks like.

    With labels there is one offset for each label but the first (only differences count).
    """
    labelled = bool(domain.labels)
    instruction = "Answer with one of these: {{ labels }}." if labelled else "Answer the question."
    genes: list[Gene] = [
        FragmentGene(id="instruction", text=instruction),
        ReasoningGene(id="reasoning"),
        DemoGene(id="demos"),
        FragmentGene(id="template", text=bind("{{ input }}", domain.inputs), place="user"),
    ]
    return Genome(domains=(domain,), genes=(*genes, *offsets(domain)))


def offsets(domain: Domain) -> tuple[DecisionGene, ...]:
    """One offset of 0 for each label but the first: only differences count."""
    return tuple(
        DecisionGene(id=f"offset.{label}", parameter="offset", label=label)
        for label in domain.labels[1:]
    )


def plain_spec(seed: Genome, pool: Iterable[tuple[str, tuple[Demo, ...]]] = ()) -> GenomeSpec:
    """Every gene may vary; the stock library follows the task kind of the first domain.

    Args:
        seed: The genome.
        pool: (domain, demonstrations) pairs; only search examples.

    Raises:
        GenomeError: There is no stock library for the task kind.
    """
    return GenomeSpec(
        slots=plain_slots(seed),
        demo_pool=tuple(pool),
        stock=load_library(seed.domains[0].task_kind),
    )


def plain_slots(seed: Genome) -> tuple[Slot, ...]:
    """A slot for every gene, with the groups of the stock library that fit it."""
    return tuple(_slot(gene) for gene in seed.genes)


def _slot(gene: Gene) -> Slot:
    if isinstance(gene, FragmentGene) and gene.place == "user":
        return Slot(gene=gene.id, library=("templates",))
    if isinstance(gene, FragmentGene):
        return Slot(gene=gene.id, library=("instructions", "emphasis", "definitions"))
    if isinstance(gene, ReasoningGene):
        return Slot(gene=gene.id, library=("reasoning",), optional=True)
    if isinstance(gene, DecisionGene):
        return Slot(gene=gene.id, low=-_OFFSET_NATS, high=_OFFSET_NATS)
    return Slot(gene=gene.id)
