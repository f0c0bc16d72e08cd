"""The first half of the loop: identify gaps of the champion, propose, race, keep."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from evo.gaps import Gap, find_gaps
from evo.plots import ScorePoint
from evo.proposers import Proposal
from evo.result import Spend
from evo.search.archive import Archive, Entry
from evo.search.best_of_n import best_of_n
from evo.search.driver import Driver
from evo.search.scheduler import Search
from evo.session import Session
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.outcome import Outcome
from fitness.suites import Suite
from genomes import Genome
from genomes.errors import DataError


@dataclass
class Exploration:
    """What the search found; filled while it runs.

    Attributes:
        archive: All genomes measured on the whole search suite.
        start: The genome in force as it stands, on the same examples.
        reading: The genome in force with its reading genes fitted, and nothing else changed.
        gaps: Where the genome in force falls short, costliest first.
        spend: What the search cost.
        seen: Genome id to the calls spent when it was first known.
    """

    archive: Archive
    start: Entry
    reading: Genome
    gaps: tuple[Gap, ...]
    spend: Spend = field(default_factory=Spend)
    seen: dict[str, int] = field(default_factory=dict)

    def points(self, champion: str) -> list[ScorePoint]:
        """Points of the plots, in the order in which the genomes became known."""
        entries = [self.start, *self.archive.entries.values()]
        unique = {entry.genome.id: entry for entry in entries}
        return sorted(
            (self._point(entry, champion) for entry in unique.values()), key=lambda p: p.calls
        )

    def _point(self, entry: Entry, champion: str) -> ScorePoint:
        return ScorePoint(
            genome_id=entry.genome.id,
            quality=entry.quality.mean,
            quality_se=entry.quality.se,
            cost=entry.cost or None,
            length=entry.length,
            calls=self.seen.get(entry.genome.id, self.spend.calls),
            operator=entry.proposal.operator,
            is_seed=entry.genome == self.start.genome,
            is_champion=entry.genome.id == champion,
        )


def explore(session: Session, champion: Genome, calls: int | None) -> Exploration:
    """Searches from ``champion`` on its part of the budget.

    Args:
        session: The run.
        champion: The genome in force.
        calls: What the search may spend; ``None`` is unlimited.
    """
    suite, others = search_suites(session.task)
    config = session.config.search
    search = Search(champion, session.task.spec, suite, others, config, session.stream("search"))
    budget = session.part(search_share(session, calls))
    driver = Driver(session.evaluator, session.task.spec, suite, budget)
    started = time.monotonic()
    found: list[Exploration] = []

    def on_generation(search: Search) -> None:
        if not found:
            found.append(_identify(session, search, driver, champion, suite))
        _tell(session, search, found[0], budget)

    driver.run(search, on_generation)
    found[0].spend = Spend(budget.spent.calls, budget.spent.tokens, time.monotonic() - started)
    _store(session, found[0])
    return found[0]


def search_share(session: Session, calls: int | None) -> Cost:
    """The search's part of every limit."""
    limits, share = session.config.budget, session.config.search.share
    return Cost(
        calls=calls or 0,
        tokens=int(share * limits.tokens) if limits.tokens is not None else 0,
        money=share * limits.usd if limits.usd is not None else 0.0,
    )


def baseline(
    session: Session, found: Exploration, calls: int | None
) -> tuple[Genome, Spend] | None:
    """Best-of-N at as many calls as the search really spent."""
    suite, _ = search_suites(session.task)
    wanted = found.spend.calls if calls is None else min(calls, found.spend.calls)
    budget = session.part(Cost(wanted, found.spend.tokens, session.budget.limits.money and 0.0))
    driver = Driver(session.evaluator, session.task.spec, suite, budget)
    started = time.monotonic()
    examples = suite.examples[: len(found.archive.example_ids)]
    best = best_of_n(
        driver, session.task.seed, session.task.spec, suite, examples, session.stream("best_of_n")
    )
    if best is None:
        return None
    session.store.put_genome(best.genome)
    spent = Spend(budget.spent.calls, budget.spent.tokens, time.monotonic() - started)
    return best.genome, spent


def search_suites(task: Task) -> tuple[Suite, tuple[Suite, ...]]:
    """The search suite of the domain, and those of the other domains.

    Raises:
        DataError: There is not exactly one for the domain.
    """
    own = [suite for suite in task.of("search") if suite.domain == task.domain]
    if len(own) != 1:
        raise DataError(
            f"domain {task.domain!r} has {len(own)} search suites, expected 1",
            remedy="merge them, or name the domain to improve",
        )
    return own[0], tuple(s for s in task.of("search") if s.domain != task.domain)


def _identify(
    session: Session, search: Search, driver: Driver, champion: Genome, suite: Suite
) -> Exploration:
    """Gaps of the champion from what generation 0 measured; the costliest guides the proposals."""
    examples = suite.examples[: len(search.archive.example_ids)]
    outcomes = session.evaluator.replay(champion, suite, examples)
    _, others = search_suites(session.task)
    measured: list[tuple[Suite, Sequence[Outcome]]] = [(suite, outcomes)]
    for entry in search.archive.ranked():
        measured += [
            (o, entry.regression[o.domain]) for o in others if o.domain in entry.regression
        ]
    gaps = find_gaps(measured)
    for gap in gaps[:3]:
        session.registry.note(
            "identify", {"run": session.run_id, "gap": gap.id, **gap.model_dump(mode="json")}
        )
    search.gap = next((gap.id for gap in gaps if gap.domain == suite.domain), None)
    start = Entry(Proposal(champion, (), "seed"), suite.domain, {o.example_id: o for o in outcomes})
    return Exploration(search.archive, start, driver.fit(champion, examples), gaps)


def _tell(session: Session, search: Search, found: Exploration, budget: Budget) -> None:
    for genome_id in search.archive.entries:
        found.seen.setdefault(genome_id, budget.spent.calls)
    best = search.archive.ranked()[0]
    session.emit(
        "generation",
        generation=search.generation,
        best=best.quality.mean,
        genomes=len(search.archive.entries),
        operator=best.proposal.operator,
    )


def _store(session: Session, found: Exploration) -> None:
    entries = {e.genome.id: e for e in (found.start, *found.archive.entries.values())}
    for point in found.points(""):
        entry = entries[point.genome_id]
        session.store.put_genome(entry.genome)
        session.store.put_proposal(session.run_id, entry.proposal.record())
        session.store.put_score(
            session.run_id,
            point.genome_id,
            {
                "quality": point.quality,
                "quality_se": point.quality_se,
                "cost": point.cost,
                "length": point.length,
                "calls": point.calls,
                "operator": point.operator,
                "is_seed": point.is_seed,
                "parents": list(entry.proposal.parents),
                "n": entry.quality.n,
                "regression": entry.regressions if entry.regression else None,
            },
        )
