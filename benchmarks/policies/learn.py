"""Learning the order of tools with evogate's own search, from success and failure alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.policies.episodes import Case, Episodes, outcomes, rule_tools, successes
from evo.proposers import Reorder
from evo.search import Measured, Search, SearchConfig, Trial
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec, PolicyGene, Slot, render
from genomes.rules import Rule, RuleSpace, minimise
from genomes.rules.selector import SelectorKind
from genomes.variation import random_genome

DOMAIN, GENE = "calling", "order"

SHUFFLES = 3
"""Times that each task is shuffled for the search."""

MOST_RULES = 20

BUDGET, GENERATIONS, PATIENCE = 20_000, 60, 5
"""Most episodes of a search, most generations, and most of them after the first without failure."""

_NO_ROLE = "-"
"""An argument that no tool has: with it as the only role, no two arguments can be compared."""


@dataclass(frozen=True)
class Language:
    """What of the rule language may be used: the whole of it, or less for an ablation.

    Attributes:
        selectors: How rules may name calls.
        joins: Whether conditions may compare arguments of two calls.
        values: Whether conditions may ask for the value of an argument.
    """

    selectors: tuple[SelectorKind, ...] = ("tool", "class", "verb", "word", "any")
    joins: bool = True
    values: bool = True


WHOLE = Language()
"""The whole language."""


@dataclass(frozen=True)
class Found:
    """The best policy so far.

    Attributes:
        rules: Its rules.
        success: Share of the search cases in which it succeeds.
        episodes: Episodes run until now.
        asked: Results asked for until now, those known included.
    """

    rules: tuple[Rule, ...]
    success: float
    episodes: int
    asked: int


def evolve(
    cases: Sequence[Case],
    seed: int,
    episodes: Episodes,
    *,
    budget: int = BUDGET,
    generations: int = GENERATIONS,
    language: Language = WHOLE,
) -> Iterator[Found]:
    """The best policy after each generation, until the budget of episodes is spent.

    Args:
        cases: Shuffled tasks to learn from, as many tasks a round in each of ``SHUFFLES`` rounds.
        seed: Seed of the random rules at the start, and of the search.
        episodes: Runs the world, and counts.
        budget: Most episodes.
        generations: Most generations.
        language: What rules may say.
    """
    rng, spec = np.random.default_rng(seed), _spec(language)
    start = random_genome(_genome(), spec, rng)
    config = _config(len(cases) // SHUFFLES)
    search = Search(start, spec, _suite(cases), (), config, rng, {"reorder": Reorder(spec)})
    by_id, bests = {case.id: case for case in cases}, list[float]()
    while search.generation < generations and episodes.run < budget and (trials := search.ask()):
        search.tell([_measured(trial, by_id, episodes) for trial in trials])
        if search.between_generations:
            best = _best(search, episodes)
            bests.append(best.success)
            yield best
            if bests[-PATIENCE:] == [1.0] * PATIENCE:  # only the length could still improve
                return


def rules_of(genome: Genome) -> tuple[Rule, ...]:
    """The rules that a genome enforces in this world."""
    policy = render(genome, DOMAIN).policy
    return policy.parsed() if policy is not None else ()


def fewer(rules: Sequence[Rule], cases: Sequence[Case], episodes: Episodes) -> tuple[Rule, ...]:
    """The rules without those that change no outcome of the cases that they were learned on."""
    return minimise(rules, lambda left: successes(left, cases, episodes, "given"))


def random_rules_of(rng: np.random.Generator, language: Language = WHOLE) -> tuple[Rule, ...]:
    """The rules of a random policy."""
    return rules_of(random_genome(_genome(), _spec(language), rng))


def _best(search: Search, episodes: Episodes) -> Found:
    """Highest success; of equal ones the shortest."""
    best = max(search.archive.entries.values(), key=lambda one: (one.mean, -one.length))
    return Found(rules_of(best.genome), best.mean, episodes.run, episodes.asked)


def _measured(trial: Trial, cases: dict[str, Case], episodes: Episodes) -> Measured:
    genome = trial.proposal.genome
    met = [cases[example.id] for example in trial.examples]
    found = outcomes(rules_of(genome), met, episodes, "given")
    named = [replace(one, example_id=case.id) for one, case in zip(found, met, strict=True)]
    return Measured(genome, named)


def _config(tasks: int) -> SearchConfig:
    return SearchConfig(
        children=8,
        parents=4,
        blocks=tuple(tasks * number for number in range(1, SHUFFLES + 1, 2)),
        keep=0.5,
        restart=0.02,
        few_shot=0.0,
        crossover=0.1,
        written=0.7,
        look=0.0,
        finalists=0,
        reserve=0,
        stagnation=20,
        islands=3,
    )


def _genome() -> Genome:
    """No rule; the text counts as length, so that of equal policies the shorter is kept."""
    return Genome(
        domains=(Domain(name=DOMAIN, inputs=("task",), task_kind="general"),),
        genes=(
            FragmentGene(id="template", place="user", text="{{ task }}"),
            PolicyGene(id=GENE, text=True),
        ),
    )


def _spec(language: Language) -> GenomeSpec:
    space = RuleSpace(
        tools=rule_tools(),
        max_rules=MOST_RULES,
        kinds=("before", "before", "first", "last"),
        selectors=language.selectors,
        values=(("folder", '".."'),) if language.values else (),
        max_conditions=1,
        roles=() if language.joins else (_NO_ROLE,),
    )
    return GenomeSpec(slots=(Slot(gene=GENE, rules=space, max_chars=20_000),))


def _suite(cases: Sequence[Case]) -> Suite:
    examples = tuple(
        Example(case.id, {"task": case.task}, "success", DOMAIN, case.task) for case in cases
    )
    return Suite(f"{DOMAIN}/search", "search", DOMAIN, examples, independent=False)
