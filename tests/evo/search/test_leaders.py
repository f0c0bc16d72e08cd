"""A second look at the leaders: the same fresh examples for all, and no luck of an easy block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from support import RuleAgent, taste_reply, taste_task

from evo.proposers import Proposal
from evo.search import Measured, Search, SearchConfig, Trial
from evo.search.archive import Archive
from evo.search.breeder import LOOK
from evo.search.entry import Entry
from evo.search.leaders import leaders, next_end, worth
from fitness.outcome import Outcome
from fitness.scorers import outcome
from genomes import render

BASE = [f"b{i}" for i in range(20)]
FRESH = [f"f{i}" for i in range(20)]
CONFIG = SearchConfig(blocks=(10, 20, 40), children=6, reserve=40, regression=0, look=0.5)


def _entry(text: str, scores: Mapping[str, float]) -> Entry:
    task = taste_task()
    genome = task.seed.with_gene(task.seed.gene("task").model_copy(update={"text": text}))
    outcomes = {name: Outcome(name, score) for name, score in scores.items()}
    return Entry(Proposal(genome, (), "test"), "taste", outcomes)


def _scores(ids: Sequence[str], right: int) -> dict[str, float]:
    return {name: float(i < right) for i, name in enumerate(ids)}


def _archive(*entries: Entry) -> Archive:
    archive = Archive(BASE)
    for entry in entries:
        archive.add(entry)
    return archive


def test_an_easy_block_lifts_nobody_above_those_who_did_not_meet_it() -> None:
    met = [_entry(text, {**_scores(BASE, 14), **_scores(FRESH, 20)}) for text in ("a", "b")]
    other = _entry("c", _scores(BASE, 15))
    assert _archive(*met, other).ranked()[0] == other


def test_fresh_examples_tell_the_leaders_apart() -> None:
    lucky = _entry("lucky", {**_scores(BASE, 15), **_scores(FRESH, 8)})
    good = _entry("good", {**_scores(BASE, 14), **_scores(FRESH, 14)})
    archive = _archive(lucky, good)
    assert archive.ranked() == [good, lucky]
    assert worth(archive, lucky, [lucky, good]) > 0.0
    assert worth(archive, good, [lucky, good]) == 0.0


def test_those_measured_least_catch_up_first() -> None:
    ahead, behind = _entry("a", _scores([*BASE, *FRESH], 9)), _entry("b", _scores(BASE, 9))
    assert next_end([ahead, behind], 15, 60) == 35
    assert next_end([ahead], 30, 60) == 60
    assert next_end([ahead], 30, 40) is None
    assert next_end([], 30, 40) is None


def test_one_alone_is_not_told_apart_from_anybody() -> None:
    one = _entry("a", _scores(BASE, 9))
    assert leaders(_archive(one), [one]) == []


def _searched(look: float) -> tuple[Search, list[tuple[Trial, ...]]]:
    task = taste_task()
    own, _ = task.of("search")
    config = CONFIG.model_copy(update={"look": look})
    search = Search(task.seed, task.spec, own, (), config, np.random.default_rng(5))
    asked = []
    while (len(asked) < 60 or not search.between_generations) and (trials := search.ask()):
        asked.append(trials)
        search.tell([_measured(trial) for trial in trials])
    return search, asked


def _measured(trial: Trial) -> Measured:
    agent, rendered = RuleAgent(taste_reply), render(trial.proposal.genome, trial.suite.domain)
    outcomes = [
        outcome(agent.run(rendered, e), rendered.reading, trial.suite, e) for e in trial.examples
    ]
    return Measured(trial.proposal.genome, outcomes)


def test_a_look_goes_on_in_the_reserve_with_the_same_examples_for_all() -> None:
    search, asked = _searched(0.5)
    looks = [trials for trials in asked if trials[0].purpose == LOOK]
    assert looks
    for trials in looks:
        assert len({len(trial.examples) for trial in trials}) == 1
        assert 40 < len(trials[0].examples) <= 80
    counts = [len(entry.outcomes) for entry in search.archive.entries.values()]
    assert max(counts) > 40
    assert set(search.island.members) <= set(search.archive.entries)
    assert search._breeder._bandit(search.island)._calls[LOOK] > 0


def test_without_a_share_or_a_reserve_there_is_no_look() -> None:
    _, asked = _searched(0.0)
    assert not [trials for trials in asked if trials[0].purpose == LOOK]


@pytest.mark.parametrize("left", [100, 200, 400])
def test_a_generation_with_looks_costs_no_more_than_was_planned(left: int) -> None:
    search, _ = _searched(0.5)
    paid = {(e.genome.id, i) for e in search.archive.entries.values() for i in e.outcomes}
    before = len(paid)
    while trials := search.ask(left - (len(paid) - before)):
        search.tell([_measured(trial) for trial in trials])
        paid |= {(t.proposal.genome.id, e.id) for t in trials for e in t.examples}
        if search.between_generations:
            break
    assert len(paid) - before <= left
