"""Structural proposals: mutation, crossover and restart from the stock library. No call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from numpy.random import Generator

from evo.proposers.context import Context
from evo.proposers.proposal import Proposal
from genomes import Genome, GenomeSpec
from genomes.variation import cross, mutate, random_genome


class Proposer(Protocol):
    """Makes one proposal; ``None`` if it cannot."""

    def __call__(self, context: Context, rng: Generator) -> Proposal | None: ...


@dataclass(frozen=True)
class Restart:
    """A genome drawn anew from the library: the guard against local optima.

    Attributes:
        seed: Gives the host contract and all genes that may not vary.
        spec: What may vary.
    """

    seed: Genome
    spec: GenomeSpec

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:  # noqa: ARG002 (one protocol)
        """Ignores the parents."""
        genome = random_genome(self.seed, self.spec, rng)
        if genome.id == self.seed.id:
            return None
        return Proposal(genome, (), "restart", hypothesis="another region may hold a better basin")


@dataclass(frozen=True)
class FewShot:
    """The first parent with fresh demonstrations, and sometimes another template or fewer texts.

    Demonstrations are where most of the gain of prompt search was found (Zehle et al. 2025,
    CAPO), so a first look at a task tries them beside free restarts.

    Attributes:
        spec: What may vary.
        also: Operators of which each follows with probability one half.
    """

    spec: GenomeSpec
    also: tuple[str, ...] = ("swap_template", "clear_text", "clear_text")

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """``None`` where no gene may show demonstrations."""
        shown = mutate(context.parents[0], self.spec, rng, names=("resample_demos",))
        if shown.child is None:
            return None
        child, done = shown.child, [shown.operator]
        for name in self.also:
            made = mutate(child, self.spec, rng, names=(name,)) if rng.random() < 0.5 else None
            if made is not None and made.child is not None:
                child = made.child
                done.append(name)
        hypothesis = "demonstrations show the task better than words"
        return Proposal(child, (context.parents[0].id,), "+".join(done), hypothesis=hypothesis)


@dataclass(frozen=True)
class Mutation:
    """One or two structural edits of the first parent.

    Attributes:
        spec: What may vary.
        names: Operators to draw from; ``None`` for all.
    """

    spec: GenomeSpec
    names: tuple[str, ...] | None = None

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """One edit, and in half of the cases a second one: some gains need two at once."""
        child, done = context.parents[0], []
        for _ in range(int(rng.integers(1, 3))):
            made = mutate(child, self.spec, rng, names=self.names)
            if made.child is not None:
                child = made.child
                done.append(made)
        if child.id == context.parents[0].id:
            return None
        operator = "+".join(made.operator for made in done)
        hypothesis = "; ".join(made.reason for made in done)
        return Proposal(child, (context.parents[0].id,), operator, hypothesis=hypothesis)


@dataclass(frozen=True)
class Crossover:
    """One crossover of the first two parents.

    Attributes:
        spec: What may vary.
        names: Operators to draw from; ``None`` for all.
    """

    spec: GenomeSpec
    names: tuple[str, ...] | None = None

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """Tries operators in random order; a child equal to a parent is no proposal."""
        if len({parent.id for parent in context.parents[:2]}) < 2:
            return None
        first, second = context.parents[:2]
        made = cross(first, second, self.spec, rng, names=self.names)
        if made.child is None or made.child.id in (first.id, second.id):
            return None
        return Proposal(made.child, (first.id, second.id), made.operator, hypothesis=made.reason)
