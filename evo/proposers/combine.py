"""Crossover by model: one text that does what two parents' texts do."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.context import Context
from evo.proposers.edition import Edition, open_texts
from evo.proposers.sample import aim, domains_of
from genomes import FragmentGene, Genome, GenomeSpec, ReasoningGene
from genomes.variation.content import TextGene, graft, text_of

_JOB = """\
For each gene above there are two texts, of parent A and of parent B. Write one text for each of \
them, or for those where it pays, that joins what is good in both, says nothing twice and takes up \
from both A and B."""


@dataclass(frozen=True)
class Combine(ModelProposer):
    """Joins the texts in which two parents differ; all else is the first parent's.

    The semantic crossover of EvoPrompt (Guo et al. 2023), gene by gene.

    Attributes:
        most: Most genes that one proposal may edit.
    """

    most: int = 3
    name = "combine"

    def order(self, context: Context, rng: Generator) -> Order | None:  # noqa: ARG002 (one protocol)
        """``None`` without two parents that differ in an open text."""
        if len(context.parents) < 2:
            return None
        a, b = context.parents[:2]
        domain = aim(context)
        pairs = _pairs(a, b, self.spec, domain)
        if not pairs:
            return None
        first, second = ([pair[side] for pair in pairs] for side in (0, 1))
        messages = wording.messages(
            wording.task(domains_of(a, first, domain)),
            wording.genes("Parent A:", first, self.spec),
            wording.genes("Parent B:", second, self.spec),
            wording.gap_line(context.gap),
            wording.lessons(context.lessons),
            _JOB,
        )
        ids = tuple(gene.id for gene in first)
        return Order(Edition(a, self.spec, ids, other=b), messages, min(self.most, len(ids)))


def _pairs(
    a: Genome, b: Genome, spec: GenomeSpec, domain: str | None
) -> list[tuple[TextGene, TextGene]]:
    """Open texts of ``a`` beside those of ``b`` under the same id, where they differ."""
    donors = {gene.id: gene for gene in b.genes}
    found: list[tuple[TextGene, TextGene]] = []
    for gene in open_texts(a, spec, domain):
        donor = donors.get(gene.id)
        grafted = None if donor is None else graft(gene, donor)
        if not isinstance(grafted, (FragmentGene, ReasoningGene)):
            continue
        if text_of(grafted).split() != text_of(gene).split():
            found.append((gene, grafted))
    return found
