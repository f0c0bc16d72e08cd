"""The first half of the loop: identify gaps of the champion, propose, race, keep."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from evo.allotment import share
from evo.births import birth_record
from evo.config import ProposerConfig
from evo.gaps import Gap
from evo.gate.ladder import same_rendering
from evo.identify import identify
from evo.objectives import objectives_of
from evo.plots import ScorePoint
from evo.proposers import Proposal, Proposer, Writer, model_proposers
from evo.replicates import buy_replicates
from evo.result import Spend
from evo.search.archive import Archive
from evo.search.best_of_n import best_of_n
from evo.search.driver import Driver
from evo.search.entry import Entry
from evo.search.scheduler import Search
from evo.session import Session
from evo.task import Task
from fitness.budget import Budget, BudgetExhaustedError, Cost
from fitness.objectives import OBJECTIVES, estimate
from fitness.outcome import Outcome
from fitness.probes import inspect_outcomes
from fitness.suites import Suite
from genomes import Genome, render
from genomes.errors import BudgetError, ConfigError, DataError


@dataclass
class Exploration:
    """What the search found; filled while it runs.

    Attributes:
        archive: All genomes measured on the whole search suite.
        start: The genome in force as it stands, on the same examples.
        reading: The genome in force with its reading genes fitted, and nothing else changed.
        gaps: Where the genome in force falls short, costliest first.
        seed_id: The task's seed, whatever is in force.
        spend: What the search cost.
        seen: Call hash to the calls spent when it was first measured on the whole block. Not by
            genome: fitting the reading on more examples changes the id, not when it was known.
        levels: Baseline to (calls, quality on the search examples), for the plots.
    """

    archive: Archive
    start: Entry
    reading: Genome
    gaps: tuple[Gap, ...]
    seed_id: str
    spend: Spend = field(default_factory=Spend)
    seen: dict[str, int] = field(default_factory=dict)
    levels: dict[str, tuple[int, float]] = field(default_factory=dict)

    def points(self, champion: str) -> list[ScorePoint]:
        """Points of the plots, in the order in which the genomes became known."""
        entries = [self.start, *self.archive.entries.values()]
        unique = {entry.genome.id: entry for entry in entries}
        return sorted(
            (self._point(entry, champion) for entry in unique.values()), key=lambda p: p.calls
        )

    def key(self, genome: Genome) -> str:
        """What a genome does in the domain, whatever its reading."""
        return render(genome, self.start.domain).call_hash

    def _point(self, entry: Entry, champion: str) -> ScorePoint:
        return ScorePoint(
            genome_id=entry.genome.id,
            quality=entry.quality.mean,
            quality_se=entry.quality.se,
            cost=entry.cost or None,
            length=entry.length,
            calls=self.seen.get(self.key(entry.genome), self.spend.calls),
            operator=entry.proposal.operator,
            is_seed=entry.genome.id == self.seed_id,
            is_champion=entry.genome.id == champion,
            parents=entry.proposal.parents,
            key=self.key(entry.genome),
        )


def explore(session: Session, champion: Genome, calls: int | None) -> Exploration:
    """Searches from ``champion`` on its part of the budget.

    Args:
        session: The run.
        champion: The genome in force.
        calls: What the search may spend; ``None`` is unlimited.
    """
    suite, others = search_suites(session.task)
    budget = session.part(share(session.config, calls, session.config.search.share))
    search = Search(
        champion,
        session.task.spec,
        suite,
        others,
        session.config.search,
        session.stream("search"),
        written=_written(session, budget),
        objectives=objectives_of(session.config, session.task),
    )
    driver = Driver(session.evaluator, session.task.spec, suite, budget)
    _check_affordable(session, champion, suite, budget)
    started = time.monotonic()
    found: list[Exploration] = []

    def on_generation(search: Search) -> None:
        if not search.archive.entries:
            raise BudgetError(
                "the budget ended before the genome in force was measured",
                where="budget",
                remedy="raise the limit on time, or the judge's share; the answers are kept",
            )
        if not found:
            found.append(_identify(session, search, driver, champion, suite))
            search.aim(found[0].gaps)
        _tell(session, search, found[0], budget)

    driver.run(search, on_generation)
    _confirm_start(driver, search, found[0], suite)
    found[0].spend = Spend(budget.spent.calls, budget.spent.tokens, time.monotonic() - started)
    return found[0]


def _written(session: Session, budget: Budget) -> dict[str, Proposer]:
    """The proposers that ask a model, on the budget of the search; none without a model."""
    if session.proposer is None:
        return {}
    session.writer = Writer(
        session.proposer,
        session.store,
        session.run_id,
        budget,
        session.policy,
        max_tokens=_longest_reply(session),
        course=session.course,
    )
    return model_proposers(session.writer, session.task.spec)


def _longest_reply(session: Session) -> int:
    """As configured; a proposer that was given in code has the default."""
    return (session.config.models.proposer or ProposerConfig(name="given")).max_tokens


def baseline(session: Session, found: Exploration, part: Budget) -> tuple[Genome, Spend] | None:
    """Best-of-N at as many calls as the search really spent.

    Args:
        session: The run.
        found: What the search found and cost.
        part: Set aside for this.
    """
    suite, _ = search_suites(session.task)
    left = part.limits
    budget = part.allot(Cost(found.spend.calls, left.tokens or 0, left.money or 0.0))
    session.parts.append(budget)
    driver = Driver(session.evaluator, session.task.spec, suite, budget, "best_of_n")
    started = time.monotonic()
    examples = suite.examples[: len(found.archive.example_ids)]
    best = best_of_n(
        driver,
        session.task.seed,
        session.task.spec,
        suite,
        examples,
        session.stream("best_of_n"),
        found.archive.objectives,
    )
    if best is None:
        return None
    session.store.put_genome(best.genome)
    found.levels["best_of_n"] = (budget.spent.calls, best.quality.mean)
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
    buy_replicates(session, champion, suite, examples)
    _, others = search_suites(session.task)
    measured: list[tuple[Suite, Sequence[Outcome]]] = [(suite, outcomes)]
    for entry in search.archive.ranked():
        measured += [
            (o, entry.regression[o.domain]) for o in others if o.domain in entry.regression
        ]
    gaps = identify(session, champion, measured).gaps
    start = Entry(Proposal(champion, (), "seed"), suite.domain, {o.example_id: o for o in outcomes})
    _check_measurable(search.archive, start)
    finding = inspect_outcomes(outcomes, suite)
    if finding is not None:
        session.emit("warning", what=finding.line())
    reading = driver.fit(champion, examples)
    found = Exploration(search.archive, start, reading, gaps, session.task.seed.id)
    quality = estimate(session.evaluator.replay(reading, suite, examples)).mean
    found.levels["reading"] = (driver.budget.spent.calls, quality)
    return found


def add_champion(session: Session, found: Exploration, champion: Genome) -> None:
    """Puts a champion that was limited to the domain beside the candidate it came from: there it
    makes the same calls, so its outcomes are known."""
    if champion.id in found.archive.entries or champion == found.start.genome:
        return
    same = [
        entry
        for entry in found.archive.entries.values()
        if same_rendering(entry.genome, champion, session.task.domain)
    ]
    if same:
        proposal = replace(same[0].proposal, genome=champion)
        found.archive.add(replace(same[0], proposal=proposal, regression={}))


def _check_measurable(archive: Archive, start: Entry) -> None:
    """An objective that nothing measures would silently be no objective, or a limit that all
    break; nothing already paid for is lost."""
    default = {one.name for one in OBJECTIVES}
    for one in archive.objectives:
        optional = one.name == "regression" or (one.name in default and not one.limited)
        if not optional and start.value(one.name) is None:
            raise ConfigError(
                f"the objective {one.name!r} cannot be measured: no answer of the agent tells it",
                where=f"objectives {one.name}",
                remedy="take it out, or use an agent that reports it; the answers are kept",
            )


def _check_affordable(session: Session, champion: Genome, suite: Suite, budget: Budget) -> None:
    examples = suite.examples[: session.config.search.blocks[-1]]
    if not budget.fits(session.evaluator.price([champion], suite, examples)):
        raise BudgetError(
            "the search's part of the budget cannot pay for measuring the genome in force",
            where="budget",
            remedy="raise the limit on tokens, money or time",
        )


def _confirm_start(driver: Driver, search: Search, found: Exploration, suite: Suite) -> None:
    """The genome in force meets the reserve examples too: finalists are compared with it there."""
    genome = found.start.genome
    examples = suite.examples[: max(len(e.outcomes) for e in search.archive.entries.values())]
    try:
        outcomes = driver.outcomes(genome, suite, examples, "seed")
    except BudgetExhaustedError:  # the comparison then rests on the examples in use
        return
    found.start = replace(found.start, outcomes={o.example_id: o for o in outcomes})


def _tell(session: Session, search: Search, found: Exploration, budget: Budget) -> None:
    entries = search.archive.entries
    new = [i for i, entry in entries.items() if found.key(entry.genome) not in found.seen]
    for genome_id in new:
        found.seen[found.key(entries[genome_id].genome)] = budget.spent.calls
    # Stored as they come, so that an interrupted run can be looked at.
    store_scores(session, found, {*new, found.start.genome.id})
    _store_births(session, search, found)
    best = search.archive.ranked()[0]
    session.emit(
        "generation",
        generation=search.generation,
        best=best.quality.mean,
        genomes=len(search.archive.entries),
        operator=best.proposal.operator,
        **({"written": session.writer.tally.as_dict()} if session.writer else {}),
    )


def _store_births(session: Session, search: Search, found: Exploration) -> None:
    suite, _ = search_suites(session.task)
    clusters = {example.id: example.cluster for example in suite}
    for born in search.births():
        genome = born.child.genome
        kept = genome.id in search.archive.entries
        record = birth_record(born, found.key(genome), clusters, kept=kept)
        session.store.put_proposal(session.run_id, record)


def store_scores(
    session: Session, found: Exploration, which: Collection[str] | None, champion: str = ""
) -> None:
    """Stores what plots and tables need to know of the genomes in ``which``; ``None`` for all."""
    entries = {e.genome.id: e for e in (found.start, *found.archive.entries.values())}
    for point in found.points(champion):
        if which is not None and point.genome_id not in which:
            continue
        entry = entries[point.genome_id]
        session.store.put_genome(entry.genome)
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
                "is_champion": point.is_champion,
                "parents": list(point.parents),
                "key": point.key,
                "final": which is None,
                "n": entry.quality.n,
                "regression": entry.regressions if entry.regression else None,
                **_further(found.archive, entry),
            },
        )


def _further(archive: Archive, entry: Entry) -> dict[str, object]:
    """Values of limited and further objectives, and the limits broken; nothing by default."""
    default = {one.name for one in OBJECTIVES}
    names = [one.name for one in archive.objectives if one.limited or one.name not in default]
    if not names:
        return {}
    values = {name: entry.value(name) for name in names}
    return {"objectives": values, "broken": list(archive.broken(entry))}
