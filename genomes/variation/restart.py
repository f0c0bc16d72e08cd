"""A random genome: every open gene redrawn from its stock and pool."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from genomes.decision import DecisionGene
from genomes.demo import DemoGene
from genomes.errors import GenomeError
from genomes.genome import Gene, Genome
from genomes.policy import PolicyGene
from genomes.reasoning import ReasoningGene
from genomes.spec import GenomeSpec
from genomes.variation.check import check, violation
from genomes.variation.content import TextGene, changed, with_text
from genomes.variation.decisions import neutral
from genomes.variation.draw import balanced
from genomes.variation.point import TRIES
from genomes.variation.policies import redrawn
from genomes.variation.site import Site, instructs, sites
from genomes.variation.texts import add_definitions, append_sentence, swap_text

_ADD = 0.5  # chance of an added sentence
_DEFINE = 0.35  # chance of label definitions
_EMPTY = 0.4  # chance that a text which may be empty is empty


def random_genome(seed: Genome, spec: GenomeSpec, rng: np.random.Generator) -> Genome:
    """Redraws every open gene of ``seed``; the rest of it, locks included, stays.

    Texts come from the slot's stock groups, demonstrations from the pool (their number uniform
    from 0 to the most, equal shares of the labels), rules from the slot's material (their number
    uniform from 0 to the most, locked ones kept), reading decisions go back to neutral;
    sampling settings and named choices keep the seed's value. A gene that has nothing to draw
    from, or whose draws break the spec, stays as it is; so the result may equal the seed.

    Raises:
        GenomeError: ``seed`` breaks ``spec``, or a slot names a group that the stock lacks.
    """
    broken = violation(seed, spec)
    if broken:
        raise GenomeError(
            f"the seed genome breaks its own spec: {broken}",
            remedy="change the genome or widen the slot",
        )
    child = seed
    for site in sites(seed, spec, rng):
        for gene in islice(_redraws(site, rng), TRIES):
            candidate = child.with_gene(gene)
            if candidate == child:
                break
            if check(candidate, child, spec, touched={gene.id}) is None:
                child = candidate
                break
    return child


def _redraws(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    gene = site.gene
    if isinstance(gene, DemoGene):
        yield from _demos(gene, site, rng)
    elif isinstance(gene, DecisionGene):
        if gene.affects == "reading" and not isinstance(gene.value, str):
            yield changed(gene, value=neutral(gene, site))
    elif isinstance(gene, PolicyGene):
        yield from redrawn(site, rng)
    else:
        yield from _texts(gene, site, rng)


def _demos(gene: DemoGene, site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    most = min(site.slot.max_demos, len(site.pool))
    while most:  # ends with the caller's tries
        size = int(rng.integers(0, most + 1))
        yield changed(gene, demos=balanced(site.pool, size, site.labels, rng))


def _texts(gene: TextGene, site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    may_be_empty = site.slot.optional or isinstance(gene, ReasoningGene)
    if may_be_empty and rng.random() < _EMPTY:
        yield with_text(gene, "")
    for drawn in swap_text(site, rng):
        yield _extended(drawn, site, rng)
        yield drawn


def _extended(gene: Gene, site: Site, rng: np.random.Generator) -> Gene:
    for chance, moves in ((_ADD, append_sentence), (_DEFINE, add_definitions)):
        if rng.random() < chance and instructs(gene):
            here = Site(gene, site.slot, site.genome, site.spec)
            gene = next(moves(here, rng), gene)
    return gene
