"""Reflection: what went wrong, why, and which edit would cure it."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.context import Context
from evo.proposers.edition import Edition, open_texts
from evo.proposers.sample import aim, domains_of, draw

_JOB = """\
Compare the failures with the successes. Find one cause that most of the failures share and the \
successes do not, name it by a label, and edit the genes so that it is cured for all examples of \
this kind, not only for those shown, while what is right stays right. Change as few genes as you \
can, {most} at most."""


@dataclass(frozen=True)
class Reflect(ModelProposer):
    """Shows failures of the gap with successes beside them, and what was tried before.

    Reflection on failing traces is the largest saving of calls that is documented (Agrawal et
    al. 2025, GEPA). Alone it may lock in on a wrong cause, so hypotheses carry labels and
    rejected edits are remembered, and other operators share the budget.

    Attributes:
        failures: Most failures shown.
        successes: Most successes shown.
        most: Most genes that one proposal may edit.
    """

    failures: int = 4
    successes: int = 3
    most: int = 2
    name = "reflect"

    def order(self, context: Context, rng: Generator) -> Order | None:
        """``None`` where nothing failed or no text is open."""
        parent, domain = context.parents[0], aim(context)
        open_ = open_texts(parent, self.spec, domain)
        if not open_ or not context.failures:
            return None
        wrong = draw(context.failures, self.failures, rng)
        right = draw(context.successes, self.successes, rng)
        messages = wording.messages(
            wording.task(domains_of(parent, open_, domain)),
            wording.genes("The genes that you may edit:", open_, self.spec),
            wording.lessons(context.lessons),
            wording.gap_line(context.gap),
            wording.observations("Failures:", wrong),
            wording.observations("Successes:", right),
            _JOB.format(most=self.most),
        )
        ids = tuple(gene.id for gene in open_)
        return Order(Edition(parent, self.spec, ids, shown=wrong + right), messages, self.most)
