"""The search: ask and tell in order, races on shared examples, no duplicate paid."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from support import RuleAgent, taste_reply, taste_task

from evo.gaps import Gap
from evo.proposers import Context, Proposal
from evo.search import Entry, Measured, Search, SearchConfig, Trial
from evo.search.island import Island
from fitness.objectives import OBJECTIVES
from fitness.outcome import Outcome
from fitness.scorers import outcome
from genomes import GenomeSpec, render
from genomes.errors import EvogateError

CONFIG = SearchConfig(blocks=(10, 20, 40), children=6, reserve=20, regression=5)


def _search(seed: int = 1, config: SearchConfig = CONFIG) -> Search:
    task = taste_task()
    own, other = task.of("search")
    return Search(task.seed, task.spec, own, (other,), config, np.random.default_rng(seed))


def _measure(trials: Sequence[Trial]) -> list[Measured]:
    agent = RuleAgent(taste_reply)
    results = []
    for trial in trials:
        rendered = render(trial.proposal.genome, trial.suite.domain)
        outcomes = [
            outcome(agent.run(rendered, example), rendered.reading, trial.suite, example)
            for example in trial.examples
        ]
        results.append(Measured(trial.proposal.genome, outcomes))
    return results


def _run(search: Search, rounds: int = 40) -> list[tuple[Trial, ...]]:
    asked = []
    for _ in range(rounds):
        trials = search.ask()
        if not trials:
            break
        asked.append(trials)
        search.tell(_measure(trials))
    return asked


def test_it_finds_better_genomes_than_the_seed() -> None:
    search = _search()
    _run(search)
    best = search.archive.ranked()[0]
    assert best.quality.mean > 0.8
    assert "seed" not in best.proposal.operator
    seeds = [e for e in search.archive.entries.values() if e.proposal.operator == "seed"]
    assert best.quality.mean > seeds[0].quality.mean + 0.1


def test_the_same_seed_gives_the_same_search() -> None:
    runs = []
    for seed in (3, 3, 4):
        search = _search(seed)
        _run(search, 12)
        runs.append(list(search.archive.entries))
    assert runs[0] == runs[1] != runs[2]


def test_no_call_is_paid_for_a_duplicate() -> None:
    first_looks = [
        trial for trials in _run(_search()) for trial in trials if len(trial.examples) == 10
    ]
    calls = [render(t.proposal.genome, "taste").call_hash for t in first_looks]
    others = [render(t.proposal.genome, "other").call_hash for t in first_looks]
    assert len(set(zip(calls, others, strict=True))) == len(first_looks)


def test_all_children_of_a_round_meet_the_same_examples() -> None:
    for trials in _run(_search()):
        own = {tuple(e.id for e in t.examples) for t in trials if t.suite.domain == "taste"}
        assert len(own) <= 1


def test_each_race_gets_smaller_and_longer() -> None:
    looks = [trials for trials in _run(_search()) if trials[0].suite.domain == "taste"][1:]
    for earlier, later in itertools.pairwise(looks):
        if len(later[0].examples) > len(earlier[0].examples):
            assert len(later) < len(earlier) or len(earlier) == 1


def test_order_and_lengths_are_checked() -> None:
    search = _search()
    with pytest.raises(EvogateError, match="before ask"):
        search.tell([])
    trials = search.ask()
    with pytest.raises(EvogateError, match="ask was called twice"):
        search.ask()
    with pytest.raises(EvogateError, match="0 results for 1 trials"):
        search.tell([])
    (result,) = _measure(trials)
    with pytest.raises(EvogateError, match="39 outcomes for 40 examples"):
        search.tell([replace(result, outcomes=result.outcomes[1:])])


def test_a_search_that_finds_nothing_ends() -> None:
    task = taste_task()
    own, _ = task.of("search")
    search = Search(task.seed, GenomeSpec(), own, (), CONFIG, np.random.default_rng(1))
    assert len(_run(search, 500)) < 500
    assert search.ask() == ()


def test_too_few_examples_are_named() -> None:
    with pytest.raises(EvogateError, match="has 120 examples, the first block needs 300"):
        _search(config=SearchConfig(blocks=(300,)))


def test_a_shorter_round_keeps_the_best() -> None:
    search = _search()
    search.tell(_measure(search.ask()))
    while (trials := search.ask()) and trials[0].suite.domain != "taste":
        search.tell(_measure(trials))
    results = _measure(trials)
    search.tell(results)
    after = search.ask()
    kept = search.shorten(1)
    assert kept == after[:1]
    means = {
        r.genome.id: np.mean([o.score for o in r.outcomes if o.score is not None]) for r in results
    }
    assert means[kept[0].proposal.genome.id] >= np.median(list(means.values()))


@pytest.mark.parametrize("left", [30, 60, 100, 150, 400])
def test_a_generation_is_only_begun_if_it_can_be_finished(left: int) -> None:
    search = _search()
    search.tell(_measure(search.ask()))
    while not search.between_generations:
        search.tell(_measure(search.ask()))
    spent, seen = 0, 0
    while trials := search.ask(left - spent):
        longest = max(len(t.examples) for t in trials)
        own = trials[0].suite.domain == "taste"
        spent += len(trials) * (longest - seen if own else longest)
        seen = longest if own else seen
        search.tell(_measure(trials))
        if search.between_generations:
            break
    assert spent <= left
    assert search.between_generations


def _gap(domain: str, priority: float) -> Gap:
    return Gap(domain=domain, slice="all", n=40, failures=12, low=0.2, high=0.5, priority=priority)


def test_only_gaps_of_the_domain_to_improve_are_aimed_at() -> None:
    """The failures that a writer sees are of that domain, and so is the race."""
    task, seen = taste_task(), []

    def spy(context: Context, rng: np.random.Generator) -> None:
        seen.append(context)

    own, other = task.of("search")
    config = CONFIG.model_copy(update={"written": 0.9})
    rng = np.random.default_rng(1)
    search = Search(task.seed, task.spec, own, (other,), config, rng, written={"spy": spy})
    search.tell(_measure(search.ask()))
    while not search.between_generations:
        search.tell(_measure(search.ask()))
    search.aim([_gap("other", 0.9), _gap("taste", 0.1)])
    search.ask()
    assert {context.gap.domain for context in seen if context.gap} == {"taste"}


def test_a_writer_without_a_child_has_cost_its_calls_all_the_same() -> None:
    """Else it would keep its first share of the search, whatever nonsense it writes."""
    task = taste_task()
    own, _ = task.of("search")
    config = CONFIG.model_copy(update={"written": 0.5})
    rng = np.random.default_rng(1)
    nothing = {"prose": lambda context, rng: None}
    search = Search(task.seed, task.spec, own, (), config, rng, written=nothing)
    for _ in range(12):
        search.tell(_measure(search.ask()))
    assert search._breeder._bandit(search.island)._calls["prose"] > 0
    assert search.chances["prose"] < 0.5


def test_the_first_genome_within_the_limits_is_not_in_vain() -> None:
    task = taste_task()
    own, _ = task.of("search")
    limits = (*OBJECTIVES[:3], replace(OBJECTIVES[3], ceiling=100))
    rng = np.random.default_rng(1)
    search = Search(task.seed, task.spec, own, (), CONFIG, rng, objectives=limits)
    for text, score in (("Be clear. " * 20, 0.9), ("Be clear.", 0.6)):
        gene = task.seed.gene("task").model_copy(update={"text": text})
        outcomes = {e.id: Outcome(e.id, score) for e in own.examples[:40]}
        proposal = Proposal(task.seed.with_gene(gene), (), "x")
        search.archive.add(Entry(proposal, "taste", outcomes))
        search.island = Island(0, 4, stalled=9, joined=True)
        search._escalate()
        assert search._vain == 0, text
