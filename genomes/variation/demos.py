"""Moves on demonstrations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from genomes.demo import Demo, DemoGene
from genomes.genome import Gene
from genomes.variation.content import changed
from genomes.variation.draw import balanced, shuffled
from genomes.variation.site import Site


def add_demo(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One demonstration more, of a label that has fewest, at a random place."""
    gene = site.gene
    if not isinstance(gene, DemoGene) or len(gene.demos) >= site.slot.max_demos:
        return
    for demo in sorted(shuffled(_unused(site, gene), rng), key=lambda d: _share(gene, d)):
        place = int(rng.integers(len(gene.demos) + 1))
        yield changed(gene, demos=(*gene.demos[:place], demo, *gene.demos[place:]))


def drop_demo(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One demonstration less."""
    gene = site.gene
    if isinstance(gene, DemoGene):
        for index in shuffled(range(len(gene.demos)), rng):
            yield changed(gene, demos=gene.demos[:index] + gene.demos[index + 1 :])


def replace_demo(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """Another demonstration in the place of one, of the same label if there is any."""
    gene = site.gene
    if not isinstance(gene, DemoGene):
        return
    for index in shuffled(range(len(gene.demos)), rng):
        others = shuffled(_unused(site, gene), rng)
        target = gene.demos[index].target
        for demo in sorted(others, key=lambda d: d.target != target):
            yield changed(gene, demos=(*gene.demos[:index], demo, *gene.demos[index + 1 :]))


def shuffle_demos(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """The same demonstrations in another order."""
    gene = site.gene
    while isinstance(gene, DemoGene) and len(gene.demos) > 1:  # ends with the caller's tries
        yield changed(gene, demos=tuple(shuffled(gene.demos, rng)))


def resample_demos(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A whole new set with equal shares of the labels, its size uniform from 1 to the most."""
    gene = site.gene
    most = min(site.slot.max_demos, len(site.pool))
    while isinstance(gene, DemoGene) and most:  # ends with the caller's tries
        size = int(rng.integers(1, most + 1))
        yield changed(gene, demos=balanced(site.pool, size, site.labels, rng))


def _unused(site: Site, gene: DemoGene) -> list[Demo]:
    used = {demo.example_id for demo in gene.demos}
    return [demo for demo in site.pool if demo.example_id not in used]


def _share(gene: DemoGene, demo: Demo) -> int:
    return sum(shown.target == demo.target for shown in gene.demos)
