"""Evolving order and guards of a repair script, from success and failure on the train split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.policies.telecom.episodes import Repairs
from benchmarks.policies.telecom.relax import Relax, flat
from benchmarks.policies.telecom.script import rule_tools
from evo.search import Measured, Search, SearchConfig, Trial
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec, PolicyGene, Slot, render
from genomes.rules import Rule, RuleSpace, minimise

DOMAIN, GENE = "telecom", "repair"

MOST_RULES = 60

GENERATIONS = 40

_BLOCKS = (24, 74)


@dataclass(frozen=True)
class Found:
    """The best script so far.

    Attributes:
        rules: Its rules.
        success: Share of the train tasks that it solves.
        episodes: Episodes asked for until now.
    """

    rules: tuple[Rule, ...]
    success: float
    episodes: int


def evolve(
    start: Sequence[Rule],
    tasks: Sequence[str],
    seed: int,
    repairs: Repairs,
    *,
    generations: int = GENERATIONS,
) -> Iterator[Found]:
    """The best script after each generation.

    Args:
        start: The script to begin with.
        tasks: Tasks to learn from.
        seed: Of the search, and of the order in which it meets the tasks.
        repairs: Runs scripts, and counts.
        generations: Most generations.
    """
    rng = np.random.default_rng(seed)
    met = [tasks[i] for i in rng.permutation(len(tasks))]
    genome, spec = _genome(start), _spec(repairs, tasks)
    relax = Relax(spec, GENE, _asked(repairs, tasks), lambda task: flat(repairs.state_of(task)))
    search = Search(genome, spec, _suite(met), (), _config(len(met)), rng, {"relax": relax})
    while search.generation < generations and (trials := search.ask()):
        search.tell([_measured(trial, repairs) for trial in trials])
        if search.between_generations:
            yield _best(search, repairs)


def fewer(rules: Sequence[Rule], tasks: Sequence[str], repairs: Repairs) -> tuple[Rule, ...]:
    """The rules without those that change no outcome of the tasks that they were learned on."""
    return minimise(rules, lambda left: repairs.successes(left, tasks))


def _best(search: Search, repairs: Repairs) -> Found:
    """Highest success; of equal ones the shortest."""
    best = max(search.archive.entries.values(), key=lambda one: (one.mean, -one.length))
    return Found(_rules(best.genome), best.mean, repairs.asked)


def _measured(trial: Trial, repairs: Repairs) -> Measured:
    genome = trial.proposal.genome
    met = [example.id for example in trial.examples]
    return Measured(genome, repairs.outcomes(_rules(genome), met))


def _rules(genome: Genome) -> tuple[Rule, ...]:
    policy = render(genome, DOMAIN).policy
    return policy.parsed() if policy is not None else ()


def _genome(start: Sequence[Rule]) -> Genome:
    """The text counts as length, so that of equal scripts the shorter is kept."""
    return Genome(
        domains=(Domain(name=DOMAIN, inputs=("task",), task_kind="general"),),
        genes=(
            FragmentGene(id="template", place="user", text="{{ task }}"),
            PolicyGene(id=GENE, text=True, rules=tuple(map(str, start)), ties="hash"),
        ),
    )


def _spec(repairs: Repairs, tasks: Sequence[str]) -> GenomeSpec:
    space = RuleSpace(
        tools=rule_tools(repairs.steps),
        max_rules=MOST_RULES,
        kinds=("first", "before", "never", "never"),
        selectors=("tool",),
        roles=("-",),
        values=(("permission", '"sms"'), ("permission", '"storage"')),
        states=_asked(repairs, tasks),
        max_conditions=2,
        max_priority=20,
    )
    return GenomeSpec(slots=(Slot(gene=GENE, rules=space, max_chars=40_000),))


def _asked(repairs: Repairs, tasks: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What conditions may ask for: each reading with each value that a train task starts with."""
    found = {pair for task in tasks for pair in flat(repairs.state_of(task)).items()}
    several = {path for path, _ in found if sum(path == other for other, _ in found) > 1}
    return tuple(sorted(one for one in found if one[0] in several))


def _config(tasks: int) -> SearchConfig:
    blocks = sorted({min(block, tasks) for block in _BLOCKS})
    return SearchConfig(
        children=8,
        parents=4,
        blocks=tuple(blocks),
        keep=0.5,
        restart=0.0,
        few_shot=0.0,
        crossover=0.1,
        written=0.6,
        look=0.0,
        finalists=0,
        reserve=0,
        stagnation=30,
        islands=1,
    )


def _suite(tasks: Sequence[str]) -> Suite:
    examples = tuple(Example(task, {"task": task}, "success", DOMAIN, task) for task in tasks)
    return Suite(f"{DOMAIN}/search", "search", DOMAIN, examples, independent=False)
