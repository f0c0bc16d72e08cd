"""The search as ask and tell: race proposals on shared blocks of examples, keep what is best.

``ask`` says what to measure, ``tell`` takes what was measured; whoever owns the evaluation
stands between them. The search itself makes no call and holds no clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from evo.proposers import Context, Crossover, FewShot, Mutation, Proposal, Proposer, Restart
from evo.search.archive import Archive, Entry, soft_scores
from evo.search.config import SearchConfig
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes import Genome, GenomeSpec, render
from genomes.errors import EvogateError


@dataclass(frozen=True)
class Trial:
    """One genome to measure.

    Attributes:
        proposal: The genome and its story.
        suite: The suite of the examples.
        examples: All examples that are wanted, the earlier blocks included.
    """

    proposal: Proposal
    suite: Suite
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Measured:
    """What a trial gave.

    Attributes:
        genome: The genome measured, reading genes fitted where the evaluator can do that.
        outcomes: (n,) outcomes in the order of the trial's examples.
    """

    genome: Genome
    outcomes: Sequence[Outcome]


_ELSEWHERE = (0.35, 0.65, 0.0)
"""Shares of restart, fresh demonstrations and crossover where the parents should not decide."""


class Search:
    """Evolves genomes on the search suites.

    A generation is a race: all children meet the first block of examples, the better part the
    next, and so on; whoever finishes enters the archive. Children and archive are compared on
    the same examples only. Call ``ask`` and ``tell`` in turn until ``ask`` gives nothing.

    Args:
        seed: The genome to start from; measured first.
        spec: What may vary.
        suite: Search suite of the domain to improve.
        regression: Search suites of the other domains.
        config: Settings.
        rng: The only source of randomness.

    Raises:
        EvogateError: The suite holds fewer examples than the first block.
    """

    def __init__(
        self,
        seed: Genome,
        spec: GenomeSpec,
        suite: Suite,
        regression: Sequence[Suite],
        config: SearchConfig,
        rng: Generator,
    ) -> None:
        self.config = config
        self.generation = 0
        self.stalled = 0
        self._suite = suite
        self._regression = tuple(regression)
        self._spec = spec
        self._rng = rng
        self._blocks = _blocks(config, len(suite))
        self.archive = Archive([e.id for e in suite.examples[: self._blocks[-1]]])
        self._proposers: tuple[Proposer, ...] = (
            Restart(seed, spec),
            FewShot(spec),
            Crossover(spec),
        )
        self._shares = (config.restart, config.few_shot, config.crossover)
        self._mutation: Proposer = Mutation(spec)
        self._known = {self._identity(seed)}
        self._next: Callable[[Sequence[Measured]], None] | None = None
        self._pending = self._trials([Proposal(seed, (), "seed")], self._blocks[-1])
        self._then(self._keep)
        self._asked = False

    @property
    def front(self) -> list[Entry]:
        """Non-dominated entries."""
        return self.archive.front()

    @property
    def between_generations(self) -> bool:
        """Whether a generation has just ended: nothing is left to measure in it."""
        return not self._pending

    def ask(self, left: int | None = None) -> tuple[Trial, ...]:
        """What to measure next; empty when the search has stagnated for good.

        Args:
            left: Calls that may still be spent, where that is known: a generation is then made
                small enough to be finished, and none is begun that could not be.

        Raises:
            EvogateError: The last trials were not answered by ``tell``.
        """
        if self._asked:
            raise EvogateError("ask was called twice", remedy="answer the trials with tell first")
        if not self._pending and self.stalled < 2 * self.config.stagnation:
            self._begin_generation(left)
        self._asked = bool(self._pending)
        return self._pending

    def shorten(self, n: int) -> tuple[Trial, ...]:
        """Drops all but the first ``n`` pending trials, for a budget that pays for no more."""
        self._pending = self._pending[:n]
        return self._pending

    def tell(self, results: Sequence[Measured]) -> None:
        """Takes the results of the trials, in their order.

        Raises:
            EvogateError: ``ask`` was not called, or the number of results or outcomes is wrong.
        """
        if not self._asked or self._next is None:
            raise EvogateError("tell was called before ask")
        _check_lengths(self._pending, results)
        self._asked = False
        step, self._next = self._next, None
        step(results)

    @property
    def finalist_calls(self) -> int:
        """Calls to keep back for the finalists and the genome in force."""
        end = min(self._blocks[-1] + self.config.reserve, len(self._suite))
        return (self.config.finalists + 1) * (end - self._blocks[-1])

    def finalists(self) -> tuple[Trial, ...]:
        """Trials that measure the best of the archive on reserve examples too."""
        end = min(self._blocks[-1] + self.config.reserve, len(self._suite))
        best = self.archive.ranked()[: self.config.finalists]
        return self._trials([entry.proposal for entry in best], end)

    def confirm(self, result: Measured) -> None:
        """Takes the result of one of the ``finalists``."""
        old = self._entry_of(result)
        self.archive.add(self._entry(old.proposal, result, old.regression))

    # One race -------------------------------------------------------------------------------

    def _begin_generation(self, left: int | None) -> None:
        # The first look at the library is wide: racing is cheap, and a good start decides most.
        size = self.config.children * (1 if self.generation else 2)
        while left is not None and size and self._race_calls(size) > left:
            size -= 1
        if size == 0:
            return
        self.generation += 1
        cohort = self._propose(size)
        self._best_before = self._best()
        self._round = 0
        self._pending = self._trials(cohort, self._blocks[0])
        self._then(self._survive)

    def _race_calls(self, size: int) -> int:
        """Most calls of a generation of ``size`` children, their regression domains included."""
        calls, seen = 0, 0
        for block in self._blocks:
            calls += size * (block - seen)
            seen, last, size = block, size, math.ceil(self.config.keep * size)
        return calls + last * len(self._regression) * self.config.regression

    def _survive(self, results: Sequence[Measured]) -> None:
        last = self._round == len(self._blocks) - 1
        if last:
            self._keep(results)
            return
        alive = self._survivors(results)
        proposals = [replace(self._pending[i].proposal, genome=results[i].genome) for i in alive]
        self._round += 1
        self._pending = self._trials(proposals, self._blocks[self._round])
        if self._pending:
            self._then(self._survive)
        else:
            self._end_generation()

    def _survivors(self, results: Sequence[Measured]) -> list[int]:
        """Indices of the better part, best first, less those clearly behind the parents."""
        merits = [_merit(result.outcomes) for result in results]
        order = sorted(range(len(results)), key=lambda i: merits[i], reverse=True)
        quota = max(1, math.ceil(self.config.keep * len(results))) if results else 0
        rivals = self.archive.ranked()[: self.config.parents]
        return [i for i in order[:quota] if not self._hopeless(results[i], rivals)]

    def _hopeless(self, result: Measured, rivals: Sequence[Entry]) -> bool:
        """Whether the child is behind the worst parent on the very same examples by more than
        one standard error of the paired difference."""
        if len(rivals) < self.config.parents:
            return False
        ids = [outcome.example_id for outcome in result.outcomes]
        mine = soft_scores(result.outcomes)
        theirs = rivals[-1].soft(ids)
        d = (mine - theirs)[~np.isnan(mine - theirs)]
        if d.size < 2:
            return False
        return bool(d.mean() + d.std(ddof=1) / math.sqrt(d.size) < 0)

    def _keep(self, results: Sequence[Measured]) -> None:
        """Entries for the archive, then their regression domains."""
        for trial, result in zip(self._pending, results, strict=True):
            entry = self._entry(trial.proposal, result)
            self.archive.add(entry)
        kept = [
            replace(t.proposal, genome=r.genome)
            for t, r in zip(self._pending, results, strict=True)
        ]
        self._pending = tuple(
            Trial(proposal, suite, suite.examples[: self.config.regression])
            for suite in self._regression
            for proposal in kept
            if self._worth_regression(proposal.genome)
        )
        if self._pending:
            self._then(self._keep_regression)
        else:
            self._end_generation()

    def _worth_regression(self, genome: Genome) -> bool:
        """Only those that could become parents are measured in other domains."""
        best = {
            entry.genome.id
            for entry in self.archive.ranked()[: self.config.finalists or self.config.parents]
        }
        return self.config.regression > 0 and genome.id in best

    def _keep_regression(self, results: Sequence[Measured]) -> None:
        for trial, result in zip(self._pending, results, strict=True):
            self.archive.with_regression(
                trial.proposal.genome.id, trial.suite.domain, tuple(result.outcomes)
            )
        self._end_generation()

    def _end_generation(self) -> None:
        self._pending = ()
        if self.generation:
            self.stalled = 0 if self._best() > self._best_before + 1e-9 else self.stalled + 1

    # Proposals ------------------------------------------------------------------------------

    def _propose(self, n: int) -> list[Proposal]:
        """Up to ``n`` proposals that are new: duplicates are refused before a call is paid."""
        made: list[Proposal] = []
        parents = self.archive.parents(self.config.parents)
        for _ in range(12 * n):
            if len(made) == n:
                break
            proposal = self._propose_one(parents)
            if proposal is None or self._identity(proposal.genome) in self._known:
                continue
            self._known.add(self._identity(proposal.genome))
            made.append(proposal)
        return made

    def _propose_one(self, parents: Sequence[Entry]) -> Proposal | None:
        chosen = [self.archive.pick(parents, self._rng).genome for _ in range(2)]
        return self._proposer()(Context(tuple(chosen)), self._rng)

    def _proposer(self) -> Proposer:
        # The first generation and a stalled search look elsewhere: seeds trap a search.
        elsewhere = self.generation == 1 or self.stalled >= self.config.stagnation
        shares = _ELSEWHERE if elsewhere else self._shares
        draw = self._rng.random()
        for proposer, share in zip(self._proposers, shares, strict=True):
            draw -= share
            if draw < 0:
                return proposer
        return self._mutation

    def _identity(self, genome: Genome) -> str:
        """Equal where every domain makes equal calls: reading genes are fitted anyway."""
        return "".join(render(genome, domain.name).call_hash for domain in genome.domains)

    # Small helpers --------------------------------------------------------------------------

    def _trials(self, proposals: Sequence[Proposal], end: int) -> tuple[Trial, ...]:
        return tuple(Trial(p, self._suite, self._suite.examples[:end]) for p in proposals)

    def _entry(self, proposal: Proposal, result: Measured, regression: object = None) -> Entry:
        outcomes = {outcome.example_id: outcome for outcome in result.outcomes}
        known = regression if isinstance(regression, dict) else {}
        return Entry(replace(proposal, genome=result.genome), self._suite.domain, outcomes, known)

    def _entry_of(self, result: Measured) -> Entry:
        identity = self._identity(result.genome)
        for entry in list(self.archive.entries.values()):
            if self._identity(entry.genome) == identity:
                del self.archive.entries[entry.genome.id]
                return entry
        raise EvogateError(f"genome {result.genome.id[:12]} is no finalist")

    def _best(self) -> float:
        ranked = self.archive.ranked()
        return self.archive.mean(ranked[0]) if ranked else 0.0

    def _then(self, step: Callable[[Sequence[Measured]], None]) -> None:
        self._next = step


def _merit(outcomes: Sequence[Outcome]) -> float:
    soft = soft_scores(outcomes, hard_share=0.0)
    return float(np.nanmean(soft)) if np.isfinite(soft).any() else 0.0


def _blocks(config: SearchConfig, available: int) -> tuple[int, ...]:
    if available < config.blocks[0]:
        raise EvogateError(
            f"the search suite has {available} examples, the first block needs {config.blocks[0]}",
            where="search.blocks",
            remedy="give more examples or set search.blocks",
        )
    return tuple(sorted({min(block, available) for block in config.blocks}))


def _check_lengths(trials: Sequence[Trial], results: Sequence[Measured]) -> None:
    if len(results) != len(trials):
        raise EvogateError(f"tell got {len(results)} results for {len(trials)} trials")
    for trial, result in zip(trials, results, strict=True):
        if len(result.outcomes) != len(trial.examples):
            raise EvogateError(
                f"tell got {len(result.outcomes)} outcomes for {len(trial.examples)} examples"
                f" of genome {trial.proposal.genome.id[:12]}",
                remedy="give one outcome per example, missing ones included",
            )
