"""One open gene of a genome, with all that a move may ask about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genomes.demo import Demo
from genomes.domain import Domain
from genomes.fragment import FragmentGene
from genomes.genome import Gene, Genome
from genomes.placeholders import placeholders
from genomes.spec import GenomeSpec, Slot
from genomes.variation import stock
from genomes.variation.content import TextGene, text_of
from genomes.variation.draw import shuffled


@dataclass(frozen=True)
class Site:
    """Where a move acts.

    Attributes:
        gene: The open gene.
        slot: Its permission to vary.
        genome: The genome that holds it.
        spec: All permissions, the stock and the pool of demonstrations.
    """

    gene: Gene
    slot: Slot
    genome: Genome
    spec: GenomeSpec

    @cached_property
    def domains(self) -> tuple[Domain, ...]:
        """The domains in which the gene acts."""
        return tuple(d for d in self.genome.domains if self.gene.acts_in(d.name))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels of these domains, each once."""
        return tuple(dict.fromkeys(label for d in self.domains for label in d.labels))

    @cached_property
    def labelled(self) -> bool:
        """Whether every one of these domains has a closed answer set."""
        return bool(self.domains) and all(domain.labels for domain in self.domains)

    def inputs(self, gene: TextGene) -> tuple[str, ...]:
        """The host's inputs that the gene's text shows, in the order of the contract."""
        shown = placeholders(text_of(gene))
        names = dict.fromkeys(name for domain in self.domains for name in domain.inputs)
        return tuple(name for name in names if name in shown)

    def whole_texts(self, gene: TextGene, rng: np.random.Generator) -> list[str]:
        """Stock texts that could stand in the gene's place, bound to it, in random order.

        A text that shows the input may only replace one that does, so that no input appears
        twice in a prompt or vanishes from it.
        """
        groups = [group for group in self.slot.library if group not in stock.SPECIAL]
        alone = [group for group in groups if group not in stock.ADDED] or groups
        inputs = self.inputs(gene)
        found = (text for group in alone for text in stock.texts(self.spec, group))
        fitting = [text for text in found if ("input" in placeholders(text)) == bool(inputs)]
        texts = [stock.bind(text, inputs) for text in fitting if self._labels_exist(text)]
        return shuffled(list(dict.fromkeys(texts)), rng)

    def added_sentences(self, rng: np.random.Generator) -> list[str]:
        """Stock sentences that could follow the gene's text, in random order."""
        groups = [group for group in self.slot.library if group in stock.ADDED]
        found = [text for group in groups for text in stock.texts(self.spec, group)]
        return shuffled([text for text in found if self._labels_exist(text)], rng)

    @cached_property
    def pool(self) -> tuple[Demo, ...]:
        """Demonstrations that are right in every domain where the gene acts."""
        found = self.spec.pool(self.gene.scope)
        return tuple({d.example_id: d for d in found if self._fits(d)}.values())

    def _labels_exist(self, text: str) -> bool:
        return self.labelled or "labels" not in placeholders(text)

    def _fits(self, demo: Demo) -> bool:
        names = {name for name, _ in demo.inputs}
        return all(
            names >= set(domain.inputs) and (not domain.labels or demo.target in domain.labels)
            for domain in self.domains
        )


def sites(genome: Genome, spec: GenomeSpec, rng: np.random.Generator) -> Iterator[Site]:
    """The open genes of a genome, in random order."""
    for gene in shuffled(genome.genes, rng):
        slot = spec.slot(gene.id)
        if slot is not None:
            yield Site(gene, slot, genome, spec)


def instructs(gene: Gene) -> bool:
    """Whether the gene is running text of the system turn (not a user template)."""
    return not isinstance(gene, FragmentGene) or gene.place == "system"
