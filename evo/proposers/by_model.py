"""The one way from a question to a proposal, shared by all proposers that ask a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from numpy.random import Generator

from evo.proposers.context import Context
from evo.proposers.edition import Edition
from evo.proposers.proposal import Proposal
from evo.proposers.reply import Reply, read, wire_schema
from evo.proposers.tally import Refusal
from evo.proposers.writer import Writer
from fitness.budget import BudgetExhaustedError
from genomes import Genome, GenomeSpec, render
from genomes.hashing import content_hash


@dataclass(frozen=True)
class Order:
    """A question to the model, and what its answer may change.

    Attributes:
        edition: Parent, open genes and bounds.
        messages: Chat turns; see ``evo.proposers.wording``.
        most: Most edits.
    """

    edition: Edition
    messages: tuple[dict[str, str], ...]
    most: int = 1


@dataclass(frozen=True)
class ModelProposer(ABC):
    """A proposer that asks a model once for each proposal. Subclasses say what to ask.

    Attributes:
        writer: Who is asked, and who keeps the counts.
        spec: What may vary.
        once: Whether a parent is passed over once an answer about it was refused.
    """

    writer: Writer
    spec: GenomeSpec
    name: ClassVar[str]
    once: ClassVar[bool] = False

    @abstractmethod
    def order(self, context: Context, rng: Generator) -> Order | None:
        """The question; ``None``, and no call, where the context gives nothing to ask."""

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """One call at most. What came of it is counted in ``writer.tally``.

        Raises:
            BudgetExhaustedError: The call does not fit; none was made.
            ModelError: The model cannot be used, or fails too often.
        """
        order = self.order(context, rng)
        if order is None:
            return None
        about = (self.name, _behaviour(order.edition.parent))
        if about in self.writer.refused:
            return None
        made = self._made(order, rng)
        if isinstance(made, Refusal):
            if self.once:
                self.writer.refused.add(about)
            self.writer.tally.count(self.name, made.kind, made.reason)
            return None
        self.writer.tally.count(self.name, "ok")
        reply, child = made
        return Proposal(
            child,
            tuple(parent.id for parent in _parents(order)),
            self.name,
            gap=context.gap.id if context.gap else None,
            hypothesis=f"{reply.label}: {reply.hypothesis}",
            expected=reply.expected / 100,
        )

    def _made(self, order: Order, rng: Generator) -> tuple[Reply, Genome] | Refusal:
        reply = self._ask(order, rng)
        if isinstance(reply, Refusal):
            return reply
        if len(reply.edits) > order.most:
            return Refusal("invalid_edit", f"{len(reply.edits)} edits, {order.most} allowed")
        child = order.edition.child(reply)
        if isinstance(child, Refusal):
            return child
        behaviour = _behaviour(child)
        if behaviour in map(_behaviour, _parents(order)):
            return Refusal("unchanged", "no domain is rendered otherwise than before")
        if behaviour in self.writer.made:
            return Refusal("duplicate", "the same child was made before")
        self.writer.made.add(behaviour)
        return reply, child

    def _ask(self, order: Order, rng: Generator) -> Reply | Refusal:
        request = self.writer.request(
            order.messages,
            rng,
            max_tokens=_reply_tokens(order, self.spec),
            schema=wire_schema(order.edition.open, order.most),
        )
        try:
            response = self.writer.ask(request, self.name)
        except BudgetExhaustedError as error:
            self.writer.tally.count(self.name, "unaffordable", error.what)
            raise
        if response.status != "ok":
            return Refusal("failed", response.error or response.status)
        full = (response.completion_tokens or 0) >= request.max_tokens
        return read(response.text, full=full)


def _parents(order: Order) -> tuple[Genome, ...]:
    edition = order.edition
    return (edition.parent,) if edition.other is None else (edition.parent, edition.other)


def _behaviour(genome: Genome) -> str:
    """Equal for genomes that make equal calls in every domain."""
    return content_hash([render(genome, domain.name).call_hash for domain in genome.domains])


def _reply_tokens(order: Order, spec: GenomeSpec) -> int:
    """Room for the longest texts allowed, at two characters a token, and the rest of the form."""
    slots = [spec.slot(gene) for gene in order.edition.open]
    longest = sorted((slot.max_chars for slot in slots if slot), reverse=True)
    return 200 + sum(longest[: order.most]) // 2
