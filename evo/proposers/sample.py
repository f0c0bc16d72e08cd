"""Choosing what a model gets to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from numpy.random import Generator

from evo.proposers.context import Context
from genomes import Domain, Genome
from genomes.variation.content import TextGene

T = TypeVar("T")


def draw(items: Sequence[T], most: int, rng: Generator) -> tuple[T, ...]:
    """Up to ``most`` of the items, without replacement, in the order they have."""
    chosen = sorted(rng.permutation(len(items))[:most].tolist())
    return tuple(items[index] for index in chosen)


def aim(context: Context) -> str | None:
    """The domain of the gap; ``None`` for undirected variation."""
    return context.gap.domain if context.gap else None


def domains_of(genome: Genome, genes: Sequence[TextGene], domain: str | None) -> list[Domain]:
    """The domain aimed at, or all those in which one of the genes acts."""
    return [
        one
        for one in genome.domains
        if one.name == domain or (domain is None and any(gene.acts_in(one.name) for gene in genes))
    ]
