"""The breeder: who proposes, from which parents, and what it earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from evo.gaps import Gap
from evo.proposers import (
    Context,
    Crossover,
    FewShot,
    Lesson,
    Mutation,
    Observation,
    Proposal,
    Proposer,
    Restart,
)
from evo.search.archive import Archive
from evo.search.bandit import Bandit
from evo.search.config import SearchConfig
from evo.search.entry import Entry
from evo.search.island import Island
from evo.search.selection import parent
from fitness.budget import BudgetExhaustedError
from fitness.outcome import Outcome
from fitness.suites import Suite
from genomes import Genome, GenomeSpec, render

ELSEWHERE = {"restart": 0.35, "few_shot": 0.65}
"""Shares of an island's first generation: there the parents should not decide."""

LOOK = "look"
"""The arm that measures the leaders on fresh examples instead of proposing."""

_SETTLED = 2
"""Generations before a population may look again: at first children pay more."""

_RECOMBINE = 0.5
"""Least share of crossover on a later island: a larger population has more to recombine."""

_LESSONS, _SHOWN = 12, 6
"""Lessons and observations of each kind that a proposer is told."""


@dataclass(frozen=True)
class _Story:
    """Whom a child will be credited to."""

    arm: str
    parent: Entry


@dataclass(frozen=True)
class Brood:
    """What a generation will measure.

    Attributes:
        proposals: New children.
        looks: How often the leaders meet fresh examples besides.
    """

    proposals: tuple[Proposal, ...]
    looks: int = 0


@dataclass(frozen=True)
class Born:
    """A child that was measured, for as long as its race went.

    Attributes:
        child: The child; its reading genes are fitted.
        parent: Its first parent; for a restart the genome that was drawn to be one.
    """

    child: Entry
    parent: Entry


class Breeder:
    """Makes proposals that are new; a duplicate is refused before a call is paid.

    Args:
        seed: Gives the host contract and the genes that may not vary.
        spec: What may vary.
        suite: Search suite of the domain to improve.
        config: Settings.
        written: Further proposers by name, those that ask a model.
    """

    def __init__(
        self,
        seed: Genome,
        spec: GenomeSpec,
        suite: Suite,
        config: SearchConfig,
        written: Mapping[str, Proposer],
    ) -> None:
        self.gaps: Sequence[Gap] = ()
        self._config = config
        self._examples = {example.id: example for example in suite.examples}
        self._proposers: dict[str, Proposer] = {
            "restart": Restart(seed, spec),
            "few_shot": FewShot(spec),
            "crossover": Crossover(spec),
            "mutation": Mutation(spec),
            **written,
        }
        self._written = frozenset(written)
        self._bandits: dict[int, Bandit] = {}
        self._known = {identity(seed)}
        self._stories: dict[str, _Story] = {}
        self._lessons: list[Lesson] = []
        self.born: list[Born] = []

    def breed(
        self,
        n: int,
        archive: Archive,
        island: Island,
        start: Entry,
        rng: Generator,
        look_price: int = 0,
    ) -> Brood:
        """Up to ``n`` proposals that were never made before, or looks in the place of some.

        Args:
            n: How many.
            archive: What is known.
            island: Whose population breeds.
            start: Parent of a population that is still empty.
            rng: Source of randomness.
            look_price: Proposals whose place one look at the leaders takes; 0 where the leaders
                have no fresh examples.
        """
        parents = island.parents(archive) or [start]
        scores = archive.scores(parents)
        bandit = self._bandit(island)
        if look_price and island.generation >= _SETTLED and LOOK not in bandit.shares:
            bandit.open(LOOK, self._config.look / (1.0 - self._config.look))
        made: list[Proposal] = []
        asked = looks = 0
        for _ in range(12 * n):
            if len(made) + looks * look_price == n:
                break
            chosen = [parents[parent(scores, rng)] for _ in range(2)]
            arm = bandit.choose(rng)
            if arm is None:
                break
            if arm == LOOK:
                looks += 0 < look_price <= n - len(made) - looks * look_price
                continue
            if arm in self._written:
                if asked == n:  # each try costs a call, whatever comes of it
                    continue
                asked += 1
                bandit.credit(arm, 0.0, 1)
            proposal = self._propose(arm, bandit, chosen, rng)
            if proposal is not None and identity(proposal.genome) not in self._known:
                self._known.add(identity(proposal.genome))
                self._stories[proposal.genome.id] = _Story(arm, chosen[0])
                made.append(proposal)
        return Brood(tuple(made), looks)

    def credit(self, island: Island, proposal: Proposal, result: Entry) -> None:
        """Books what a child was worth against its parent, on the examples both have seen."""
        story = self._stories.pop(proposal.genome.id, None)
        if story is None:
            return
        self.born.append(Born(result, story.parent))
        ids = [i for i in result.outcomes if i in story.parent.outcomes]
        d = result.soft(ids) - story.parent.soft(ids)
        d = d[~np.isnan(d)]
        if d.size == 0:
            return
        # Of many children over few examples some look better by luck: one standard error off.
        se = float(d.std(ddof=1)) / d.size**0.5 if d.size > 1 else 0.0
        self._bandit(island).credit(story.arm, float(d.mean()) - se, len(result.outcomes))
        lesson = Lesson(proposal.operator, proposal.hypothesis, float(d.mean()), int(d.size))
        self._lessons.append(lesson)

    def credit_look(self, island: Island, gain: float, calls: int) -> None:
        """Books what a second look at the leaders was worth.

        Args:
            island: Whose leaders.
            gain: By how much the choice of the leader improved, in score units.
            calls: What the look cost.
        """
        self._bandit(island).credit(LOOK, gain, calls)

    def follow(self, old: Genome, new: Genome) -> None:
        """Keeps a child's story when fitting its reading genes changes its id."""
        if old.id in self._stories:
            self._stories[new.id] = self._stories.pop(old.id)

    def age(self, island: Island) -> None:
        """Ends a generation."""
        self._bandit(island).age()

    def chances(self, island: Island) -> dict[str, float]:
        """Arm to probability in the island's next generation."""
        return self._bandit(island).chances()

    def _propose(
        self, arm: str, bandit: Bandit, chosen: Sequence[Entry], rng: Generator
    ) -> Proposal | None:
        context = Context(tuple(entry.genome for entry in chosen))
        if arm in self._written:
            context = self._informed(chosen, rng)
        try:
            return self._proposers[arm](context, rng)
        except BudgetExhaustedError:  # no money left for writing; the others go on
            bandit.close(arm)
            return None

    def _informed(self, chosen: Sequence[Entry], rng: Generator) -> Context:
        """What a writer needs: a gap, failures inside it, successes, what was tried."""
        parent, gap = chosen[0], self._gap(rng)
        ids = list(parent.outcomes)
        shuffled = [parent.outcomes[ids[i]] for i in rng.permutation(len(ids))]
        known = [one for one in shuffled if not one.missing]
        wrong = [one for one in known if _score(one) < 0.5]
        inside = [one for one in wrong if gap and gap.covers(self._examples[one.example_id], one)]
        near = sorted(
            (one for one in known if _score(one) >= 0.5),
            key=lambda one: gap is not None and not gap.covers(self._examples[one.example_id]),
        )
        return Context(
            tuple(entry.genome for entry in chosen),
            gap,
            tuple(self._observation(one) for one in (inside or wrong)[:_SHOWN]),
            tuple(self._observation(one) for one in near[:_SHOWN]),
            tuple(reversed(self._lessons[-_LESSONS:])),
        )

    def _gap(self, rng: Generator) -> Gap | None:
        """One of the costliest gaps, in proportion to its priority."""
        weights = np.array([gap.priority for gap in self.gaps], dtype=float)
        if weights.sum() <= 0:
            return None
        return self.gaps[int(rng.choice(len(weights), p=weights / weights.sum()))]

    def _observation(self, outcome: Outcome) -> Observation:
        example = self._examples[outcome.example_id]
        return Observation(
            example.id,
            example.inputs,
            example.target,
            outcome.answer,
            _score(outcome),
            outcome.trace,
        )

    def _bandit(self, island: Island) -> Bandit:
        """One bandit for the first generations of islands, one for all others of an island."""
        key = -1 if island.generation == 0 else island.number
        if key not in self._bandits:
            self._bandits[key] = Bandit(self._shares(island))
        return self._bandits[key]

    def _shares(self, island: Island) -> dict[str, float]:
        config, written = self._config, len(self._written)
        if island.generation == 0:
            shares = dict(ELSEWHERE)
        else:
            shares = {
                "restart": config.restart,
                "few_shot": config.few_shot,
                "crossover": max(config.crossover, _RECOMBINE if island.number else 0.0),
            }
            shares["mutation"] = max(0.0, 1.0 - sum(shares.values()))
        each = config.written / written if written else 0.0
        rest = 1.0 - config.written if written else 1.0
        return {
            **{arm: rest * share for arm, share in shares.items()},
            **dict.fromkeys(sorted(self._written), each),
        }


def _score(outcome: Outcome) -> float:
    return 0.0 if outcome.score is None else outcome.score


def identity(genome: Genome) -> str:
    """Equal where every domain makes equal calls: reading genes are fitted anyway."""
    return "".join(render(genome, domain.name).call_hash for domain in genome.domains)
