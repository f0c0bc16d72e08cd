"""Compression by model: the same behaviour in fewer words."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.context import Context
from evo.proposers.edition import Edition, open_texts
from evo.proposers.sample import aim, domains_of, draw
from genomes.variation.content import text_of

_JOB = """\
Make the text of these genes clearly shorter, to about half, such that the agent answers exactly \
as before. Drop what does not change an answer. Edit {most} genes at most, the wordiest first."""


@dataclass(frozen=True)
class Shorten(ModelProposer):
    """Asks for shorter texts with the same effect; an edit that is not shorter is refused.

    Evolved prompts grow (Zehle et al. 2025 saw sixfold length), and length is paid at every call.

    Attributes:
        least: Texts with fewer characters are left alone: there is little to drop, and a call
            costs the same.
        successes: Most examples shown of what must stay right.
        most: Most genes that one proposal may edit.
    """

    least: int = 80
    successes: int = 3
    most: int = 3
    name = "shorten"
    once = True

    def order(self, context: Context, rng: Generator) -> Order | None:
        """``None`` where every open text is short."""
        parent, domain = context.parents[0], aim(context)
        long = [g for g in open_texts(parent, self.spec, domain) if len(text_of(g)) >= self.least]
        if not long:
            return None
        right = draw(context.successes, self.successes, rng)
        most = min(self.most, len(long))
        messages = wording.messages(
            wording.task(domains_of(parent, long, domain)),
            wording.genes("The genes to shorten:", long, self.spec),
            wording.gap_line(context.gap),
            wording.observations("What must stay right, for example:", right),
            wording.lessons(context.lessons),
            _JOB.format(most=most),
        )
        ids = tuple(gene.id for gene in long)
        edition = Edition(parent, self.spec, ids, shown=right, shorter=True)
        return Order(edition, messages, most)
