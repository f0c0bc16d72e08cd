"""Adding domains to an evolved genome, so that every other domain stays byte-identical."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from genomes.errors import GenomeError
from genomes.genome import Gene, Genome
from genomes.render import render
from genomes.scoping import SEPARATOR


def extended(champion: Genome, seed: Genome) -> Genome:
    """The champion with the domains that only the seed has, and the seed's genes for them.

    A gene of the champion that acts everywhere acts in the new domains too. Any other gene that
    the seed has there is added, limited to the new domains, under its own id, or under
    ``<gene>@<domain>`` where the champion uses that id elsewhere. Nothing else changes:
    ``without`` the new domains it is the champion again.

    Raises:
        GenomeError: The seed changes or lacks a domain of the champion, or reorders them; or a
            new domain cannot be rendered.
    """
    new = new_domains(champion, seed)
    genes: list[Gene] = list(champion.genes)
    for position, gene in enumerate(seed.genes):
        place = _place(genes, [one.id for one in seed.genes[:position]])
        for extra in _additions(gene, champion, new):
            genes.insert(place, extra)
            place += 1
    grown = Genome(schema_version=champion.schema_version, domains=seed.domains, genes=tuple(genes))
    for name in new:
        render(grown, name)
    return grown


def new_domains(champion: Genome, seed: Genome) -> tuple[str, ...]:
    """Names of the domains that the seed adds to the champion's; empty if they are the same.

    Raises:
        GenomeError: The seed changes, lacks or reorders a domain of the champion.
    """
    known = {domain.name for domain in champion.domains}
    if tuple(d for d in seed.domains if d.name in known) != champion.domains:
        raise GenomeError("a domain of the champion is changed, missing or moved in the seed")
    return tuple(domain.name for domain in seed.domains if domain.name not in known)


def without(genome: Genome, names: Sequence[str]) -> Genome:
    """The genome without these domains and without the genes that act in no other.

    Raises:
        GenomeError: No domain would be left.
    """
    gone = set(names)
    domains = tuple(domain for domain in genome.domains if domain.name not in gone)
    if not domains:
        raise GenomeError("a genome needs at least one domain")
    genes = tuple(g for g in genome.genes if not g.scope or not set(g.scope) <= gone)
    return Genome(schema_version=genome.schema_version, domains=domains, genes=genes)


def _additions(gene: Gene, champion: Genome, new: Sequence[str]) -> Iterator[Gene]:
    present = {one.id: one for one in champion.genes}
    old = present.get(gene.id)
    lacking = [
        name for name in new if gene.acts_in(name) and not (old is not None and old.acts_in(name))
    ]
    if old is None and lacking:
        yield gene.model_copy(update={"scope": tuple(lacking)})
        return
    for name in lacking:
        own = f"{gene.id.partition(SEPARATOR)[0]}{SEPARATOR}{name}"
        if own not in present:
            yield gene.model_copy(update={"id": own, "scope": (name,)})


def _place(genes: Sequence[Gene], before: Sequence[str]) -> int:
    """Right behind the last gene that stands for one of the seed's earlier genes."""
    origins = {name.partition(SEPARATOR)[0] for name in before}
    places = [i for i, gene in enumerate(genes) if gene.id.partition(SEPARATOR)[0] in origins]
    return max(places, default=-1) + 1
