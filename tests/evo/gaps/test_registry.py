"""A gap lives over runs: it closes on new examples alone, and comes back when the evidence does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support import taste_suite

from evo.gaps import (
    Gap,
    GapRegistry,
    GapReport,
    Observed,
    change_between,
    paired_change,
    past_proposals,
    survey,
)
from evo.gaps.observed import by_id
from evo.storage import Store
from fitness.outcome import Outcome
from fitness.suites import Suite
from genomes.errors import StoreError

SUITE = taste_suite("taste", "search", 400)
USED, FRESH = SUITE.examples[:300], SUITE.examples[300:]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "evo.db") as opened:
        yield opened


def _outcomes(wrong: float, suite: Suite = SUITE) -> list[Outcome]:
    """This share of the "bad" examples is wrong, evenly spread; of the others one in 20."""
    found = []
    for i, example in enumerate(suite):
        percent = round(100 * wrong) if example.target == "bad" else 5
        bad = i // 2 * percent // 100 != (i // 2 + 1) * percent // 100
        found.append(Outcome(example.id, float(not bad), tokens=20))
    return found


def _observed(wrong: float, n: int = 300) -> list[Observed]:
    return [Observed(SUITE, _outcomes(wrong)[:n])]


def _record(store: Store, run: str, measured: Sequence[Observed]) -> GapReport:
    report = survey(measured)
    GapRegistry(store, "mail", run, {"champion": "c"}).record(report, measured)
    return report


def _settle(store: Store, run: str, before: float, after: float, examples: object = FRESH) -> None:
    GapRegistry(store, "mail", run).settle(
        examples,  # type: ignore[arg-type]
        by_id(_outcomes(before)),
        by_id(_outcomes(after)),
    )


def _kinds(store: Store) -> list[str]:
    return [event["kind"] for event in store.gap_events("mail")]


def _state(store: Store) -> str:
    (tracked,) = GapRegistry(store, "mail", "").tracked().values()
    return tracked.state


def test_a_new_gap_opens_with_its_evidence(store: Store) -> None:
    report = _record(store, "r1", _observed(0.6))
    (gap,) = report.gaps
    assert gap.confirmed
    (tracked,) = GapRegistry(store, "mail", "").tracked().values()
    assert (tracked.id, tracked.state, tracked.record.gap) == (gap.id, "open", gap)
    evidence = store.gap_events("mail")[0]["evidence"]
    assert (evidence["n"], evidence["failures"], evidence["champion"]) == (gap.n, gap.failures, "c")


def test_seen_again_it_stays_as_it_is_and_keeps_its_first_aim(store: Store) -> None:
    first = _record(store, "r1", _observed(0.6)).gaps[0]
    GapRegistry(store, "mail", "r1").target({first.id: 3, "unknown": 2})
    second = _record(store, "r2", _observed(0.4)).gaps[0]
    (tracked,) = GapRegistry(store, "mail", "").tracked().values()
    assert tracked.state == "targeted"
    assert tracked.record.aim == first.aim > second.aim
    assert _kinds(store) == ["open", "targeted", "seen"]


def test_a_run_that_is_repeated_after_a_kill_says_it_once(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _record(store, "r1", _observed(0.6))
    assert _kinds(store) == ["open"]


def test_a_promotion_closes_it_on_examples_that_were_not_used(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, 0.1)
    assert _state(store) == "closed"
    evidence = store.gap_events("mail")[-1]["evidence"]
    assert evidence["n"] == 50
    assert evidence["fall"] == pytest.approx(0.5, abs=0.05)
    assert evidence["low"] > 0
    assert evidence["fall"] >= evidence["aim"]


@pytest.mark.parametrize(
    ("after", "examples"),
    [
        (0.55, FRESH),  # less than the aim
        (0.0, USED),  # they have diagnosed it
        (0.0, FRESH[:12]),  # too few of the slice
        (0.0, ()),
    ],
)
def test_anything_less_does_not_close_it(store: Store, after: float, examples: object) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, after, examples)
    assert _state(store) == "open"


def test_examples_are_looked_at_once(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, 0.55)
    _settle(store, "r2", 0.6, 0.1)  # would close it, but on the same examples
    assert _state(store) == "open"
    assert _kinds(store) == ["open", "tried"]


def test_a_closed_gap_reopens_when_it_is_confirmed_again(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, 0.1)
    _record(store, "r2", _observed(0.1))
    assert _state(store) == "closed"
    _record(store, "r3", _observed(0.6))
    assert _state(store) == "reopened"
    assert _kinds(store)[-1] == "reopened"
    _settle(store, "r3", 0.6, 0.1)
    assert _state(store) == "reopened", "its examples were used by then"


def test_a_gap_is_open_again_while_what_closed_it_is_rolled_back(store: Store) -> None:
    report = _record(store, "r1", _observed(0.6))
    GapRegistry(store, "mail", "r1", {"champion": "new"}).settle(
        FRESH, by_id(_outcomes(0.6)), by_id(_outcomes(0.1))
    )

    def state(*standing: str) -> str:
        return GapRegistry(store, "mail", "", standing=standing).tracked()[report.gaps[0].id].state

    assert (state("old", "new"), state("old")) == ("closed", "reopened")
    assert state("old", "new", "newer") == "closed", "later versions keep it closed"
    assert _state(store) == "closed", "who does not know the line is told what was recorded"
    # The next run finds it as open as it is, and what it writes says so.
    GapRegistry(store, "mail", "r2", {"champion": "old"}, {"old"}).target({report.gaps[0].id: 2})
    assert _state(store) == "targeted"


def test_a_closed_gap_reopens_when_its_rate_is_surely_higher(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, 0.1)
    everything_worse = [replace(o, score=float(i % 2)) for i, o in enumerate(_outcomes(0.1))]
    everything_worse = [replace(o, score=float(i // 2 % 2)) for i, o in enumerate(everything_worse)]
    report = _record(store, "r2", [Observed(SUITE, everything_worse)])
    assert report.gaps == ()  # no slice stands out any more, all are bad
    assert _state(store) == "reopened"
    assert store.gap_events("mail")[-1]["evidence"]["high"] < 0


def test_new_examples_of_a_later_run_close_it(store: Store) -> None:
    _record(store, "r1", _observed(0.6, n=200))
    _record(store, "r2", _observed(0.05, n=200))
    assert _state(store) == "open"
    _record(store, "r3", _observed(0.05, n=400))
    assert _state(store) == "closed"
    assert store.gap_events("mail")[-1]["evidence"]["n"] == 100


def test_a_new_domain_leaves_closed_gaps_closed(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    _settle(store, "r1", 0.6, 0.05)
    other = taste_suite("other", "search", 100)
    measured = [*_observed(0.05), Observed(other, _outcomes(0.7, other))]
    report = _record(store, "r2", measured)
    states = {
        t.record.gap.domain: t.state for t in GapRegistry(store, "mail", "").tracked().values()
    }
    assert states == {"taste": "closed", "other": "open"}
    assert {gap.domain for gap in report.confirmed} == {"other"}


def test_a_lead_never_counts_as_confirmed_and_a_confirmed_gap_stays_so(store: Store) -> None:
    report = _record(store, "r1", _observed(0.6, n=30))
    assert [gap.confirmed for gap in report.gaps] == [False]
    (tracked,) = GapRegistry(store, "mail", "").tracked().values()
    assert not tracked.record.confirmed
    _record(store, "r2", _observed(0.6))
    _record(store, "r3", _observed(0.6, n=30))
    (tracked,) = GapRegistry(store, "mail", "").tracked().values()
    assert tracked.record.confirmed
    assert not tracked.record.gap.confirmed


def test_the_same_run_tells_its_story_once(store: Store) -> None:
    _record(store, "r1", _observed(0.6))
    for _ in range(2):
        _settle(store, "r1", 0.6, 0.1)
    assert _kinds(store) == ["open", "closed"]


def test_a_damaged_gap_is_named(store: Store) -> None:
    store.put_gap("mail", "g1", "r", state="odd", record={}, event="open", evidence={})
    with pytest.raises(StoreError, match="gap g1"):
        GapRegistry(store, "mail", "r").tracked()


def _gap(**more: object) -> Gap:
    content = {"domain": "taste", "slice": "s", "n": 9, "failures": 3, "low": 0.1, "high": 0.5}
    return Gap(**{**content, "priority": 0.1, **more})  # type: ignore[arg-type]


def test_costs_are_compared_on_examples_that_both_get_right() -> None:
    gap = _gap(kind="inefficient", metric="tokens")
    old = {e.id: Outcome(e.id, 1.0, tokens=100) for e in FRESH}
    new = {e.id: Outcome(e.id, 1.0, tokens=60 + i % 5) for i, e in enumerate(FRESH)}
    new[FRESH[0].id] = Outcome(FRESH[0].id, 0.0, tokens=1)
    change = paired_change(gap, FRESH, old, new)
    assert change is not None
    assert change.n == len(FRESH) - 1
    assert change.fall == pytest.approx(0.38, abs=0.01)
    assert change.closes(0.3)
    assert not change.closes(0.5)


def test_missing_outcomes_and_unknown_costs_say_nothing() -> None:
    gone = {e.id: Outcome(e.id, None) for e in FRESH}
    right = {e.id: Outcome(e.id, 1.0) for e in FRESH}
    assert paired_change(_gap(), FRESH, gone, right) is None
    assert paired_change(_gap(kind="inefficient", metric="tokens"), FRESH, right, right) is None
    assert paired_change(_gap(kind="unreliable"), FRESH, right, right) is None


def test_a_change_between_different_examples_has_an_interval() -> None:
    change = change_between((30, 50), (5, 50))
    assert change.fall == pytest.approx(0.5)
    assert change.low < change.fall < change.high
    assert change_between((30, 50), (0, 0)).closes(0.0) is False


def test_past_proposals_are_counted_by_kind(store: Store) -> None:
    gap = _record(store, "r1", _observed(0.6)).gaps[0]
    for run, name in (("r1", "mail"), ("other", "else"), ("r2", "mail")):
        store.start_run(run, name, "{}", 1)
    better = {"mean": 0.2, "low": 0.05, "high": 0.35, "n": 60}
    for run, genome, about, gain in (
        ("r1", "a", gap.id, better),
        ("r1", "b", gap.id, {**better, "mean": 0.01}),
        ("r1", "b", gap.id, {**better, "mean": 0.01}),  # stored again, counted once
        ("r1", "c", gap.id, None),
        ("r1", "d", None, better),
        ("other", "e", gap.id, better),
        ("r2", "f", gap.id, better),
    ):
        store.put_proposal(run, {"genome_id": genome, "gap": about, "gain": gain})
    assert past_proposals(store, "mail", "r2") == {"failing": (1, 2)}
    assert past_proposals(store, "mail", "r3") == {"failing": (2, 3)}
    assert past_proposals(store, "mail", "r1") == {}
