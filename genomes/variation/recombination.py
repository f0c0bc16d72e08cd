"""Crossover of two genomes under one host contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from genomes.genome import Gene, Genome
from genomes.spec import GenomeSpec, Slot
from genomes.variation.check import check
from genomes.variation.content import graft
from genomes.variation.variation import Variation

TRIES = 40
"""Most children that a crossover tries."""


@dataclass(frozen=True)
class Pair:
    """Two parents; the child starts as the first and takes material of the second.

    Attributes:
        a: The parent whose host contract, fixed genes and locks the child keeps.
        b: The donor.
        spec: What may vary.
    """

    a: Genome
    b: Genome
    spec: GenomeSpec

    @cached_property
    def differing(self) -> tuple[tuple[Gene, Gene, Slot], ...]:
        """(gene of a, the same gene with b's content, slot) where they differ, in order."""
        donors = {gene.id: gene for gene in self.b.genes}
        found = []
        for gene in self.a.genes:
            slot, donor = self.spec.slot(gene.id), donors.get(gene.id)
            grafted = graft(gene, donor) if donor is not None else None
            if slot is not None and grafted is not None and grafted != gene:
                found.append((gene, grafted, slot))
        return tuple(found)


Mixtures = Callable[[Pair, np.random.Generator], Iterator[tuple[Gene, ...]]]


@dataclass(frozen=True)
class Recombination:
    """Tries mixtures of one kind until a child is valid and differs from both parents.

    Attributes:
        name: The operator's name.
        mixtures: Gives the genes in which a child differs from ``a``, random order.
        needs: What the mixtures need, for the reason given when there are none.
        only_for: Kind of gene without which the operator is not tried unless it is asked for by
            name; ``None`` for one that is always tried.
    """

    name: str
    mixtures: Mixtures
    needs: str
    only_for: str | None = None

    def __call__(
        self, a: Genome, b: Genome, spec: GenomeSpec, rng: np.random.Generator, /
    ) -> Variation:
        """The first valid child, or the reason of the last refusal."""
        refusal = f"needs {self.needs}"
        for genes in islice(self.mixtures(Pair(a, b, spec), rng), TRIES):
            taken = {gene.id: gene for gene in genes if gene != a.gene(gene.id)}
            child = a.with_genes(tuple(taken.get(gene.id, gene) for gene in a.genes))
            reason = check(child, a, spec, other=b, touched=taken)
            if reason is None:
                return Variation(self.name, child, tuple(taken), f"{self.name} of two parents")
            refusal = reason
        return Variation(self.name, None, (), refusal)
