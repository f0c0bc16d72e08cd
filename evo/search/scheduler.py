"""The search as ask and tell: race proposals on shared blocks of examples, keep what is best.

``ask`` says what to measure, ``tell`` takes what was measured; whoever owns the evaluation
stands between them. The search itself measures nothing and holds no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from numpy.random import Generator

from evo.gaps import Gap
from evo.proposers import Proposal, Proposer
from evo.search import race
from evo.search.archive import Archive
from evo.search.breeder import LOOK, Born, Breeder, identity
from evo.search.config import SearchConfig
from evo.search.entry import Entry
from evo.search.island import Island
from evo.search.leaders import leaders, next_end, worth
from evo.search.trial import Measured, Trial, check_answer
from fitness.objectives import OBJECTIVES, Objective
from fitness.suites import Suite
from genomes import Genome, GenomeSpec
from genomes.errors import EvogateError

_NONE: Mapping[str, Proposer] = MappingProxyType({})


class Search:
    """Evolves genomes on the search suites.

    A generation is a race: all children meet the first block of examples, the better part the
    next, and so on; whoever finishes enters the archive. Children and parents are compared on
    the same examples only. A population that stands still is left for a new one of twice the
    size. Call ``ask`` and ``tell`` in turn until ``ask`` gives nothing.

    Args:
        seed: The genome to start from; measured first.
        spec: What may vary.
        suite: Search suite of the domain to improve.
        regression: Search suites of the other domains.
        config: Settings.
        rng: The only source of randomness.
        written: Further proposers by name, those that ask a model.
        objectives: What genomes are compared by, and their hard limits.

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
        written: Mapping[str, Proposer] = _NONE,
        objectives: Sequence[Objective] = OBJECTIVES,
    ) -> None:
        self.config = config
        self.generation = 0
        self.island = Island(0, config.parents)
        self._suite = suite
        self._regression = tuple(regression)
        self._rng = rng
        self._blocks = race.blocks(config, len(suite))
        self.archive = Archive([e.id for e in suite.examples[: self._blocks[-1]]], objectives)
        self._breeder = Breeder(seed, spec, suite, config, written)
        self._writes = bool(written)
        self._vain = self._looks = 0
        self._best_before: tuple[bool, float] | None = None
        self._start: Entry | None = None
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

    @property
    def chances(self) -> Mapping[str, float]:
        """Proposer to its probability in the next generation."""
        return self._breeder.chances(self.island)

    def births(self) -> tuple[Born, ...]:
        """Children measured since this was asked last, those that lost the race included."""
        born, self._breeder.born = self._breeder.born, []
        return tuple(born)

    def aim(self, gaps: Sequence[Gap]) -> None:
        """Says which gaps proposals should close, costliest first.

        Those of other domains are passed over: children are raced, and failures shown, in the
        domain to improve alone.
        """
        self._breeder.gaps = tuple(gap for gap in gaps if gap.domain == self._suite.domain)

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
        if not self._pending:
            self._escalate()
        while not self._pending and self._vain < self.config.islands:
            if not self._begin_generation(left):
                break
            self._escalate()
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
        check_answer(self._pending, results)
        self._asked = False
        step, self._next = self._next, None
        step(results)

    @property
    def finalist_calls(self) -> int:
        """Calls to keep back for the finalists and the genome in force."""
        return (self.config.finalists + 1) * (self._reach - self._blocks[-1])

    def finalists(self) -> tuple[Trial, ...]:
        """Trials that measure the best of the archive on reserve examples too."""
        ranked = [entry for entry in self.archive.ranked() if self.archive.allowed(entry)]
        best = ranked[: self.config.finalists]
        return self._trials([entry.proposal for entry in best], self._reach)

    def confirm(self, result: Measured) -> None:
        """Takes the result of one of the ``finalists``.

        Raises:
            EvogateError: The genome is none of them.
        """
        same = identity(result.genome)
        for entry in list(self.archive.entries.values()):
            if identity(entry.genome) == same:
                self.archive.confirm(self._again(entry, result))
                return
        raise EvogateError(f"genome {result.genome.id[:12]} is no finalist")

    @property
    def _reach(self) -> int:
        return min(self._blocks[-1] + self.config.reserve, len(self._suite))

    # One race -------------------------------------------------------------------------------

    def _begin_generation(self, left: int | None) -> bool:
        """Breeds the next generation; ``False`` if not even one child can be paid for."""
        # The first look at the library is wide: racing is cheap, and a good start decides most.
        size = self.config.children * self.island.size // self.config.parents
        size *= 1 if self.island.generation else 2
        while left is not None and size and self._race_calls(size) > left:
            size -= 1
        if size == 0 or self._start is None:
            return False
        self.generation += 1
        brood = self._breeder.breed(
            size, self.archive, self.island, self._start, self._rng, self._look_price()
        )
        self._round, self._looks = 0, brood.looks
        self._pending = self._trials(brood.proposals, self._blocks[0])
        if self._pending:
            self._then(self._survive)
        else:
            self._end_generation()
        return True

    def _race_calls(self, size: int) -> int:
        """Most calls of a generation, one more a child where a model writes it."""
        calls = race.calls(size, self._blocks, self.config, len(self._regression))
        return calls + size * self._writes

    def _survive(self, results: Sequence[Measured]) -> None:
        trials = self._pending
        for trial, result in zip(trials, results, strict=True):
            self._breeder.follow(trial.proposal.genome, result.genome)
        if self._round == len(self._blocks) - 1:
            self._keep(results)
            return
        alive = race.survivors(results, self.island.rivals(self.archive), self.config)
        for i in sorted(set(range(len(trials))) - set(alive)):
            self._credit(trials[i].proposal, results[i])
        proposals = [replace(trials[i].proposal, genome=results[i].genome) for i in alive]
        self._round += 1
        self._pending = self._trials(proposals, self._blocks[self._round])
        if self._pending:
            self._then(self._survive)
        else:
            self._end_generation()

    def _keep(self, results: Sequence[Measured]) -> None:
        """Entries for the archive, then their regression domains."""
        kept = []
        for trial, result in zip(self._pending, results, strict=True):
            entry = self._entry(trial.proposal, result)
            self._breeder.credit(self.island, entry.proposal, entry)
            self.archive.add(entry)
            self.island.members.append(entry.genome.id)
            self._start = self._start or entry
            kept.append(entry.proposal)
        self._pending = self._abroad(kept)
        if self._pending:
            self._then(self._keep_regression)
        else:
            self._end_generation()

    def _abroad(self, kept: Sequence[Proposal]) -> tuple[Trial, ...]:
        """Trials in the other domains, for those only that could become parents or finalists."""
        if not self._regression or not self.config.regression:
            return ()
        k = self.config.finalists or self.config.parents
        best = {entry.genome.id for entry in self.archive.ranked()[:k]}
        return tuple(
            Trial(proposal, suite, suite.examples[: self.config.regression])
            for suite in self._regression
            for proposal in kept
            if proposal.genome.id in best
        )

    def _keep_regression(self, results: Sequence[Measured]) -> None:
        for trial, result in zip(self._pending, results, strict=True):
            self.archive.with_regression(
                trial.proposal.genome.id, trial.suite.domain, tuple(result.outcomes)
            )
        self._end_generation()

    def _end_generation(self) -> None:
        self._pending = self._look()
        if self._pending:
            return
        if self.generation:
            self._breeder.age(self.island)
            self.island.age(self.island.parents(self.archive))

    def _escalate(self) -> None:
        """Leaves a population that stands still for a new one; counts those in vain."""
        if self.island.stalled < self.config.stagnation or self.island.join(self.archive):
            return
        allowed, mean = self._best()
        allowed_before, mean_before = self._best_before or (allowed, 0.0)
        # The first genome that keeps the limits is progress, however good those were that do not.
        better = allowed > allowed_before or mean > mean_before + 1e-9
        self._vain = 0 if better else self._vain + 1
        self._best_before = (allowed, mean)
        self.island = self.island.next()

    # A second look at the leaders ---------------------------------------------------------------

    def _look_price(self) -> int:
        """Children in whose place the leaders can meet fresh examples; 0 if they cannot.

        Even if no child survives the first block, a look costs no more than they would have."""
        best = leaders(self.archive, self.island.entries(self.archive))
        return len(best) if next_end(best, self._blocks[0], self._reach) else 0

    def _look(self) -> tuple[Trial, ...]:
        """Trials of the next look that is due, on the leaders of now: the youngest too."""
        while self._looks:
            self._looks -= 1
            best = leaders(self.archive, self.island.entries(self.archive))
            end = next_end(best, self._blocks[0], self._reach)
            due = [entry for entry in best if end and len(entry.outcomes) < end]
            if due and end:
                self._led = best[0].proposal
                self._then(self._looked)
                trials = self._trials([entry.proposal for entry in due], end)
                return tuple(replace(trial, purpose=LOOK) for trial in trials)
        return ()

    def _looked(self, results: Sequence[Measured]) -> None:
        calls, led = 0, self._led.genome.id
        for trial, result in zip(self._pending, results, strict=True):
            old = self.archive.entries[trial.proposal.genome.id]
            calls += len(result.outcomes) - len(old.outcomes)
            new = self._again(old, result)
            self.archive.add(new)
            self.island.rename(old.genome.id, new.genome.id)
            led = new.genome.id if old.genome.id == led else led
        gain = worth(self.archive, self.archive.entries[led], self.island.entries(self.archive))
        self._breeder.credit_look(self.island, gain, calls)
        self._end_generation()

    # Small helpers --------------------------------------------------------------------------

    def _trials(self, proposals: Sequence[Proposal], end: int) -> tuple[Trial, ...]:
        return tuple(Trial(p, self._suite, self._suite.examples[:end]) for p in proposals)

    def _credit(self, proposal: Proposal, result: Measured) -> None:
        entry = self._entry(proposal, result)
        self._breeder.credit(self.island, entry.proposal, entry)

    def _entry(self, proposal: Proposal, result: Measured, regression: object = None) -> Entry:
        outcomes = {outcome.example_id: outcome for outcome in result.outcomes}
        known = regression if isinstance(regression, dict) else {}
        return Entry(replace(proposal, genome=result.genome), self._suite.domain, outcomes, known)

    def _again(self, old: Entry, result: Measured) -> Entry:
        """The entry with more evidence in the place of the old one."""
        self.archive.take(old.genome.id)
        return self._entry(old.proposal, result, old.regression)

    def _best(self) -> tuple[bool, float]:
        """Whether the best keeps the limits, and its mean."""
        ranked = self.archive.ranked()
        return (self.archive.allowed(ranked[0]), ranked[0].mean) if ranked else (True, 0.0)

    def _then(self, step: Callable[[Sequence[Measured]], None]) -> None:
        self._next = step
