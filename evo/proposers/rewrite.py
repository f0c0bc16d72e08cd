"""Rewriting one gene: another wording for the same purpose."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.context import Context
from evo.proposers.edition import Edition, open_texts
from evo.proposers.sample import aim, domains_of

_MANNERS = (
    "in short commands",
    "as one plain sentence",
    "as a list of steps",
    "by saying first what decides, then what to answer",
    "by saying what to look for and what to ignore",
    "as an expert would tell a beginner",
    "in the words of somebody who needs the answer",
)


@dataclass(frozen=True)
class Rewrite(ModelProposer):
    """Writes one open text anew, in a manner drawn at random so that children differ.

    It sees no example: an independent draw, the model's counterpart of a structural mutation.
    """

    name = "rewrite"

    def order(self, context: Context, rng: Generator) -> Order | None:
        """``None`` where no text is open."""
        parent, domain = context.parents[0], aim(context)
        open_ = open_texts(parent, self.spec, domain)
        if not open_:
            return None
        gene = open_[int(rng.integers(len(open_)))]
        manner = _MANNERS[int(rng.integers(len(_MANNERS)))]
        others = [other for other in open_ if other.id != gene.id]
        messages = wording.messages(
            wording.task(domains_of(parent, [gene], domain)),
            wording.genes("The gene to rewrite:", [gene], self.spec),
            wording.genes("Other genes, which stay:", others, self.spec) if others else "",
            wording.gap_line(context.gap),
            wording.lessons(context.lessons),
            f"Rewrite the gene {gene.id!r} {manner}. Other words, same purpose.",
        )
        return Order(Edition(parent, self.spec, (gene.id,)), messages)
