"""Induction: the instruction that the right answers seem to follow."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.context import Context
from evo.proposers.edition import Edition, open_texts
from evo.proposers.sample import aim, domains_of, draw
from genomes import Genome, ReasoningGene
from genomes.placeholders import placeholders
from genomes.variation.content import TextGene, text_of
from genomes.variation.site import instructs

_JOB = """\
Somebody answered these examples by following one instruction. Work out that instruction and write \
it as the text of the gene {gene!r}, for a reader who has not seen the examples."""

_KEEP = """\
The text must hold each of these once, letter by letter, in double braces: {marks}. They are \
filled in before the agent reads it. A text without one of them is thrown away."""


@dataclass(frozen=True)
class Induce(ModelProposer):
    """Writes an instruction from examples alone, blind to the present one.

    Instruction induction (Honovich et al. 2022; Zhou et al. 2022, APE): what a seed prompt says
    cannot mislead it, so it gets out of the basin of a bad seed.

    Attributes:
        shown: Most examples shown.
        least: With fewer examples nothing is asked.
    """

    shown: int = 8
    least: int = 3
    name = "induce"

    def order(self, context: Context, rng: Generator) -> Order | None:
        """``None`` with too few examples, or where no instruction is open."""
        parent, domain = context.parents[0], aim(context)
        gene = self._gene(parent, domain, rng)
        seen = context.failures + context.successes
        if gene is None or len(seen) < self.least:
            return None
        shown = draw(seen, self.shown, rng)
        messages = wording.messages(
            wording.task(domains_of(parent, [gene], domain)),
            wording.genes("The gene to write:", [gene], self.spec, blind=True),
            wording.examples("Examples with their right answers:", shown),
            wording.lessons(context.lessons),
            _JOB.format(gene=gene.id) + _marks(gene),
        )
        return Order(Edition(parent, self.spec, (gene.id,), shown=shown), messages)

    def _gene(self, parent: Genome, domain: str | None, rng: Generator) -> TextGene | None:
        """An open instruction; a reasoning template only where there is no fragment."""
        open_ = [gene for gene in open_texts(parent, self.spec, domain) if instructs(gene)]
        fragments = [gene for gene in open_ if not isinstance(gene, ReasoningGene)] or open_
        return fragments[int(rng.integers(len(fragments)))] if fragments else None


def _marks(gene: TextGene) -> str:
    """The placeholders once more, last: small models, blind to the present text, lose them."""
    names = sorted(placeholders(text_of(gene)))
    if not names:
        return ""
    return "\n" + _KEEP.format(marks=", ".join(f"{{{{ {name} }}}}" for name in names))
