"""Limiting a change to one domain, so that every other domain stays byte-identical."""

from __future__ import annotations

from genomes.genome import Gene, Genome
from genomes.render import render

SEPARATOR = "@"


def scoped(candidate: Genome, champion: Genome, domain: str) -> Genome:
    """``candidate`` in ``domain``, ``champion`` everywhere else.

    A gene that acts in other domains too and differs is split: the champion's keeps the other
    domains, the candidate's gets ``domain`` under the id ``<gene>@<domain>``, right beside it so
    that the order of the prompt stays. Its slot is that of the gene it was split from.

    Raises:
        GenomeError: The domain is unknown to either genome.
    """
    render(champion, domain)
    before = {gene.id: gene for gene in champion.genes}
    genes: list[Gene] = []
    for gene in candidate.genes:
        genes.extend(_split(gene, before.get(gene.id), candidate, domain))
    return candidate.with_genes(tuple(genes))


def _split(gene: Gene, old: Gene | None, genome: Genome, domain: str) -> tuple[Gene, ...]:
    others = tuple(d.name for d in genome.domains if d.name != domain and gene.acts_in(d.name))
    if old is None or gene == old or not others:
        return (gene,)
    kept = old.model_copy(update={"scope": others})
    if not gene.acts_in(domain):
        return (kept,)
    own = f"{gene.id.partition(SEPARATOR)[0]}{SEPARATOR}{domain}"
    return (kept, gene.model_copy(update={"id": own, "scope": (domain,)}))
