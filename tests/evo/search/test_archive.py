"""The archive: evidence decides who is best, and few examples weigh less."""

from __future__ import annotations

import numpy as np
import pytest
from support import taste_task

from evo.proposers import Proposal
from evo.search.archive import Archive, Entry, soft_scores
from fitness.outcome import Outcome

IDS = [f"e{i}" for i in range(20)]


def _entry(text: str, right: int, operator: str = "test", tokens: int = 10) -> Entry:
    task = taste_task()
    genome = task.seed.with_gene(task.seed.gene("task").model_copy(update={"text": text}))
    outcomes = {name: Outcome(name, float(i < right), tokens=tokens) for i, name in enumerate(IDS)}
    return Entry(Proposal(genome, (), operator), "taste", outcomes)


def test_better_is_ranked_higher() -> None:
    archive = Archive(IDS)
    for entry in (_entry("a", 10), _entry("b", 15), _entry("c", 5)):
        archive.add(entry)
    assert [e.quality.mean for e in archive.ranked()] == [0.75, 0.5, 0.25]


def test_parents_hold_the_best_and_no_cheap_failure() -> None:
    archive = Archive(IDS)
    entries = [_entry("long text " * n, 18 - n, tokens=100) for n in range(4)]
    failure = _entry("x", 1, tokens=1)
    for entry in (*entries, failure):
        archive.add(entry)
    parents = archive.parents(4)
    assert parents[0] == entries[0]
    assert failure not in parents
    assert failure in archive.front()  # cheapest of all, so it is on the front


def test_a_margin_tells_more_than_right_or_wrong() -> None:
    clear = soft_scores([Outcome("a", 1.0, margin=3.0), Outcome("b", 0.0, margin=-0.1)])
    close = soft_scores([Outcome("a", 1.0, margin=0.1), Outcome("b", 0.0, margin=-3.0)])
    assert clear.mean() > close.mean()
    assert np.all((clear >= 0) & (clear <= 1))


def test_missing_scores_stay_missing() -> None:
    scores = soft_scores([Outcome("a", None), Outcome("b", 1.0)])
    assert np.isnan(scores[0])
    assert scores[1] == pytest.approx(1.0)
