"""Mutations that change one gene."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from genomes.genome import Gene, Genome
from genomes.spec import GenomeSpec
from genomes.variation.check import check
from genomes.variation.site import Site, sites
from genomes.variation.variation import Variation

Moves = Callable[[Site, np.random.Generator], Iterator[Gene]]

TRIES = 40
"""Most genes of one site that a mutation tries before it goes on to the next site."""


@dataclass(frozen=True)
class PointMutation:
    """Tries the moves of one kind at the open genes, in random order, until one is valid.

    Attributes:
        name: The operator's name.
        moves: Gives changed genes for a site, the preferred first; none where it does not apply.
        needs: What the moves need, for the reason given when there are none.
        only_for: Kind of gene without which the operator is not tried unless it is asked for by
            name; ``None`` for one that is always tried.
    """

    name: str
    moves: Moves
    needs: str
    only_for: str | None = None

    def __call__(self, genome: Genome, spec: GenomeSpec, rng: np.random.Generator, /) -> Variation:
        """The first valid child, or the reason of the last refusal."""
        refusal = f"needs {self.needs}"
        for site in sites(genome, spec, rng):
            for gene in islice(self.moves(site, rng), TRIES):
                child = genome.with_gene(gene)
                reason = check(child, genome, spec, touched={gene.id})
                if reason is None:
                    return Variation(self.name, child, (gene.id,), f"{self.name} at {gene.id}")
                refusal = reason
        return Variation(self.name, None, (), refusal)
