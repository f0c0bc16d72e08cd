"""Moves on decisions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from genomes.decision import DecisionGene
from genomes.genome import Gene
from genomes.variation.bounds import bounds, clip
from genomes.variation.content import changed
from genomes.variation.draw import shuffled
from genomes.variation.site import Site

_STEP = 0.05
"""Standard deviation of a nudge as a share of the interval."""


def nudge_decision(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A Gaussian step, clipped to the bounds."""
    gene = site.gene
    if not isinstance(gene, DecisionGene) or isinstance(gene.value, str):
        return
    low, high = bounds(gene, site.slot)
    while low < high:  # ends with the caller's tries
        step = rng.normal(0.0, _STEP * (high - low))
        yield changed(gene, value=clip(gene.value + step, gene, site.slot))


def reset_decision(site: Site, _rng: np.random.Generator) -> Iterator[Gene]:
    """The value that leaves the agent as it is without the gene, clipped to the bounds."""
    gene = site.gene
    if isinstance(gene, DecisionGene) and not isinstance(gene.value, str):
        yield changed(gene, value=neutral(gene, site))


def choose_option(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """Another named choice."""
    gene = site.gene
    if isinstance(gene, DecisionGene) and isinstance(gene.value, str):
        for choice in shuffled(site.slot.choices, rng):
            yield changed(gene, value=choice)


def neutral(gene: DecisionGene, site: Site) -> float:
    """0, the domains' own length for ``max_tokens``, the most for ``max_steps``, in bounds."""
    if gene.parameter == "max_steps":
        return bounds(gene, site.slot)[1]
    if gene.parameter != "max_tokens":
        return clip(0.0, gene, site.slot)
    return clip(max((d.max_tokens for d in site.domains), default=1), gene, site.slot)
