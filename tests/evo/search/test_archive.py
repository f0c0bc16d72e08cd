"""The archive: evidence decides who is best, and few examples weigh less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import taste_task

from evo.proposers import Proposal
from evo.search.archive import Archive
from evo.search.entry import Entry, soft_scores
from fitness.objectives import OBJECTIVES, Objective
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


LATENCY = Objective("latency", "minimise", "s")
MAGIC = Objective("magic", "maximise", "")


def _timed(text: str, right: int, seconds: float | None, magic: float | None = None) -> Entry:
    entry = _entry(text, right)
    others = () if magic is None else (("magic", magic),)
    timed = {
        name: replace(outcome, seconds=seconds, others=others)
        for name, outcome in entry.outcomes.items()
    }
    return replace(entry, outcomes=timed)


def _archive(*entries: Entry, objectives: tuple[Objective, ...]) -> Archive:
    archive = Archive(IDS, (*OBJECTIVES, *objectives))
    for entry in entries:
        archive.add(entry)
    return archive


def test_further_objectives_are_further_columns_and_the_default_ones_stay() -> None:
    entries = [_timed("a", 10, 2.0, 0.5), _timed("bb", 12, 1.0, 0.25)]
    plain, more = (
        _archive(*entries, objectives=extra).values(entries) for extra in ((), (LATENCY, MAGIC))
    )
    assert plain.shape == (2, 4)
    assert np.array_equal(more[:, :4], plain)
    assert more[:, 4:].tolist() == [[2.0, 0.5], [1.0, 0.25]]


def test_what_is_unknown_never_looks_better_than_what_is_known() -> None:
    entries = [_timed("a", 10, 2.0, 0.5), _timed("bb", 12, None), _timed("cc", 12, 3.0, 0.4)]
    values = _archive(*entries, objectives=(LATENCY, MAGIC)).values(entries)
    assert values[1, 4:].tolist() == pytest.approx([3.0, 0.4])
    nothing = _archive(entries[1], objectives=(LATENCY,)).values([entries[1]])
    assert nothing[0, 4] == 0.0


def test_an_axis_can_be_taken_out() -> None:
    axes = tuple(replace(one, axis=one.name != "length") for one in OBJECTIVES)
    archive = Archive(IDS, axes)
    good, short = _entry("a long text", 10), _entry("x", 9)
    for entry in (good, short):
        archive.add(entry)
    assert archive.values([good, short]).shape == (2, 3)
    assert archive.front() == [good]


def test_what_breaks_a_limit_is_no_parent_not_first_and_not_on_the_front() -> None:
    slow, fast, unknown = _timed("a", 20, 9.0), _timed("b", 10, 1.0), _timed("c", 19, None)
    archive = _archive(slow, fast, unknown, objectives=(replace(LATENCY, ceiling=2.0),))
    assert archive.ranked() == [fast, slow, unknown]
    assert archive.parents(4) == [fast]
    assert archive.front() == [fast]
    assert archive.broken(slow) == ("latency 9 is above its ceiling 2",)
    assert archive.broken(unknown) == ("latency is unknown, but has a limit",)
    assert len(archive.entries) == 3, "what was measured stays on record"


def test_a_domain_that_was_not_measured_breaks_no_floor() -> None:
    floor = tuple(replace(o, floor=0.5) if o.name == "regression" else o for o in OBJECTIVES)
    archive = Archive(IDS, floor)
    fresh = _entry("a", 10)
    bad = replace(_entry("b", 10), regression={"other": (Outcome("r", 0.0),)})
    assert archive.broken(fresh) == ()
    assert archive.broken(bad) == ("regression 0 is below its floor 0.5",)


def test_while_nobody_keeps_the_limits_those_least_beyond_them_breed() -> None:
    """Else only the seed would, and no genome would ever come nearer."""
    limits = (*OBJECTIVES[:2], replace(OBJECTIVES[2], ceiling=5), OBJECTIVES[3])
    archive = Archive(IDS, limits)
    far, near, good = (
        _entry("far", 12, tokens=50),
        _entry("near", 11, tokens=6),
        _entry("good", 18, tokens=90),
    )
    for entry in (far, near, good):
        archive.add(entry)
    assert archive.parents(2) == [near, far]
    archive.add(inside := _entry("inside", 2, tokens=5))
    assert archive.parents(2) == [inside]
