"""What an attempt at the gate takes from its run: who measures, what is set aside, who is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evo.allotment import with_slack
from evo.champion import Registry, Version
from evo.config import Config
from evo.gate import Ancestor, GateConfig, anchors_of
from evo.gate.attempts import Attempt, looks_promising
from evo.objectives import objectives_of
from evo.search.archive import Archive
from evo.search.entry import Entry
from evo.session import Session
from evo.task import Task
from fitness.budget import Budget, Cost
from fitness.objectives import Objective, mean_of
from fitness.outcome import Outcome
from fitness.scorers import is_judge
from fitness.suites import Example, Suite
from genomes import Genome

_COSTS = {"tokens": "cost", "money": "money", "steps": "steps", "length": "length"}


def line_of(registry: Registry, version: Version) -> tuple[Ancestor, ...]:
    """A version and those that it came from, newest first."""
    return tuple(Ancestor(one.genome, one.decision) for one in _versions(registry, version))


def _versions(registry: Registry, version: Version) -> Iterator[Version]:
    yield version
    while version.parent is not None:
        version = registry.version(version.parent)
        yield version


def anchors(
    registry: Registry, version: Version, task: Task, config: GateConfig
) -> dict[str, Genome]:
    """The best version of each regression suite, and of the domain, where it is not ``version``."""
    line = line_of(registry, version)
    found = anchors_of(line, task.of("regression"), task.domain, config.regression_margin)
    if config.primary != "cost":  # what must be better than the champion cannot creep
        found.pop(task.domain, None)
    return found


def anchored(config: Config, task: Task, version: str | None = None) -> frozenset[str]:
    """Where an attempt measures another version beside the champion.

    Args:
        config: Resolved config.
        task: What the run works on.
        version: Id of the champion's version; ``None`` for the one in force.
    """
    registry = Registry(config.champions_path / task.name)
    if not registry.initialised:
        return frozenset()
    champion = registry.head() if version is None else registry.version(version)
    return frozenset(anchors(registry, champion, task, config.gate))


def limits(session: Session) -> tuple[Objective, ...]:
    """The objectives with hard limits."""
    return tuple(one for one in objectives_of(session.config, session.task) if one.limited)


def candidates(session: Session, archive: Archive, champion: Entry) -> Iterator[Entry]:
    """Who may be worth a share of the error budget, best first; those that break a limit last."""
    gate = session.config.gate
    ranked = [one for one in archive.ranked() if one.genome != champion.genome]
    if gate.primary == "cost":
        name = _COSTS[gate.cost]
        ranked = [one for one in ranked if _cheaper(one, champion, name)]
        ranked.sort(key=lambda one: (not archive.allowed(one), one.value(name)))
    for entry in ranked:
        differences = _differences(entry, champion)
        if gate.primary == "cost":
            mean = sum(differences) / len(differences) if differences else -1.0
            if mean > -gate.quality_margin:
                yield entry
        elif looks_promising(differences):
            yield entry


def _cheaper(entry: Entry, champion: Entry, name: str) -> bool:
    if name == "length":
        return entry.length < champion.length
    shared = [i for i in entry.outcomes if i in champion.outcomes]
    new, old = (mean_of(name, [one.outcomes[i] for i in shared]) for one in (entry, champion))
    return new is not None and old is not None and new < old


def _differences(entry: Entry, champion: Entry) -> list[float]:
    shared = [i for i in entry.outcomes if i in champion.outcomes]
    pairs = [(entry.outcomes[i].score, champion.outcomes[i].score) for i in shared]
    return [a - b for a, b in pairs if a is not None and b is not None]


def reserve(session: Session, attempt: Attempt) -> Budget:
    """The whole budget of an attempt, set aside: what is left must not tell when it stopped.

    Raises:
        BudgetExhaustedError: It does not fit.
    """
    plan = attempt.plan
    arms = [attempt.champion, attempt.candidate]
    worst = _price(session, arms, attempt.suites, plan.replicate)
    named = {part.suite: part for part in plan.regressions}
    genomes = {one.id: one for one in attempt.anchors}
    for suite in attempt.suites:
        part = named.get(suite.name)
        anchor = genomes.get((plan.anchor_id if part is None else part.anchor_id) or "")
        if anchor is not None:
            worst = worst + _price(session, [anchor], [suite], plan.replicate)
        critical = () if part is None else part.must_pass
        again = replace(suite, examples=tuple(one for one in suite if one.id in critical))
        worst = worst + _price(session, arms, [again], plan.replicate + 1)
    return session.part(Cost(with_slack(plan.max_calls), worst.tokens, worst.money))


def _price(
    session: Session, genomes: Sequence[Genome], suites: Sequence[Suite], replicate: int
) -> Cost:
    prices = (
        session.evaluator.price(genomes, suite, suite.examples, replicate) for suite in suites
    )
    return sum(prices, Cost())


@dataclass(frozen=True)
class Arms:
    """Who measures an attempt.

    Attributes:
        session: The run.
        attempt: The attempt.
        budget: Set aside for it.
    """

    session: Session
    attempt: Attempt
    budget: Budget

    def measure(self, genome: Genome, domain: str, examples: Sequence[Example]) -> list[Outcome]:
        """One arm on examples of one suite."""
        return self._ask(genome, domain, examples, self.attempt.plan.replicate)

    def again(self, genome: Genome, domain: str, examples: Sequence[Example]) -> list[Outcome]:
        """The same with answers of its own."""
        return self._ask(genome, domain, examples, self.attempt.plan.replicate + 1)

    def answers(self, genome: Genome, domain: str, examples: Sequence[Example]) -> list[Outcome]:
        """The same without scores that cost: answers are compared, not judged."""
        return self._ask(genome, domain, examples, self.attempt.plan.replicate, scored=False)

    def _ask(
        self,
        genome: Genome,
        domain: str,
        examples: Sequence[Example],
        replicate: int,
        *,
        scored: bool = True,
    ) -> list[Outcome]:
        suite = self._suite(domain, examples)
        if not scored:
            suite = replace(suite, scorer="exact", others=())
        return self.session.measure(
            genome, suite, examples, self.budget, suite.role, replicate=replicate
        )

    def _suite(self, domain: str, examples: Sequence[Example]) -> Suite:
        first = examples[0].id
        for suite in self.attempt.suites:
            if suite.domain == domain and any(one.id == first for one in suite):
                return replace(suite, others=self._others()) if suite.role == "gate" else suite
        raise LookupError(f"no suite of the attempt has example {first!r}")

    def _others(self) -> tuple[tuple[str, str], ...]:
        """Further scorers whose means have a limit; search suites bring them."""
        wanted = {one.objective for one in self.attempt.plan.limits}
        task = self.session.task
        found = {
            name: scorer
            for suite in task.of("search")
            if suite.domain == task.domain
            for name, scorer in suite.others
            if name in wanted and not is_judge(scorer)
        }
        return tuple(found.items())
