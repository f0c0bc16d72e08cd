"""A run finds its gaps, aims at them and says what became of them: registry, journal, records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import RuleAgent, labelled, taste_config, taste_reply, taste_suite, taste_task

from evo.champion import Registry
from evo.gaps import GapRegistry, GapReport
from evo.identify import identify, stored_outcomes
from evo.result import Result
from evo.run import run
from evo.storage import Store
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered
from genomes.errors import DataError


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[Result]]:
    """Two runs: the first promotes, the second starts from its champion."""
    workspace = tmp_path_factory.mktemp("taste")
    agent = RuleAgent(taste_reply)
    results = [
        run(taste_config(workspace, **{"run.seed": seed}), task=taste_task(), agent=agent)
        for seed in (1, 2)
    ]
    assert results[0].status == "promoted", results[0].reason
    return workspace, results


def _store(workspace: Path) -> Store:
    return Store(workspace / "runs" / "evo.db")


def _report(store: Store, result: Result) -> GapReport:
    return GapReport.model_validate(store.get_state(result.run_id, "gaps"))


def _told(store: Store, result: Result) -> list[dict[str, Any]]:
    events = [one for one in store.events(result.run_id) if one["kind"] == "gaps"]
    assert len(events) == 1
    return list(events[0]["payload"]["gaps"])


def test_the_bias_of_the_seed_is_found_and_closed(ran: tuple[Path, Sequence[Result]]) -> None:
    workspace, (first, _) = ran
    with _store(workspace) as store:
        (gap,) = [g for g in _report(store, first).confirmed if g.domain == "taste"]
        assert gap.slice == "target=bad"
        tracked = GapRegistry(store, "taste", "").tracked()[gap.id]
        assert tracked.state == "closed"
        kinds = [e["kind"] for e in store.gap_events("taste") if e["gap_id"] == gap.id]
        assert kinds[0] == "open"
        assert kinds[-1] == "closed"


def test_only_reserve_examples_of_the_search_suite_close_it(
    ran: tuple[Path, Sequence[Result]],
) -> None:
    workspace, (first, _) = ran
    with _store(workspace) as store:
        (gap,) = [g for g in _report(store, first).confirmed if g.domain == "taste"]
        record = GapRegistry(store, "taste", "").tracked()[gap.id].record
        ids = [e.id for e in taste_suite("taste", "search", 120)]
        assert set(gap.example_ids) <= set(ids[:80])
        assert set(record.used) <= set(ids)
        assert record.closed is not None
        assert record.closed[1] == 20  # half of the 40 reserve examples have the target


def test_before_and_after_are_told_with_counts(ran: tuple[Path, Sequence[Result]]) -> None:
    workspace, (first, second) = ran
    with _store(workspace) as store:
        row = next(r for r in _told(store, first) if r["before"]["domain"] == "taste")
        assert row["state"] == "closed"
        assert row["after"]["n"] == row["before"]["n"]
        assert row["after"]["failures"] < row["before"]["failures"]
        assert all(r["after"] is None for r in _told(store, second)), "nothing was promoted"


def test_the_next_run_compares_with_the_champion_before(
    ran: tuple[Path, Sequence[Result]],
) -> None:
    workspace, (first, second) = ran
    with _store(workspace) as store:
        unseen = [
            {kind for kind, _ in level.unseen}
            for one in (first, second)
            for level in _report(store, one).domains
            if level.domain == "taste"
        ]
    assert "regressed" in unseen[0]
    assert "regressed" not in unseen[1]


def test_the_journal_names_each_gap_or_says_that_there_is_none(
    ran: tuple[Path, Sequence[Result]], tmp_path: Path
) -> None:
    workspace, (first, _) = ran
    lines = Registry(workspace / "champions" / "taste").history()
    named = [e.payload for e in lines if e.kind == "identify"]
    with _store(workspace) as store:
        found = [gap.id for gap in _report(store, first).gaps[:3]]
    assert [p["gap"] for p in named if p["run"] == first.run_id] == found

    def perfect(rendered: Rendered, example: Example) -> Response:
        return labelled(-0.1, -5) if example.target == "good" else labelled(-5, -0.1)

    result = run(taste_config(tmp_path), task=taste_task(), agent=RuleAgent(perfect))
    entries = Registry(tmp_path / "champions" / "taste").history()
    (line,) = [entry.payload for entry in entries if entry.kind == "identify"]
    assert (line["run"], line["gap"]) == (result.run_id, None)


def test_a_repeated_run_gets_the_report_that_it_began_with(
    ran: tuple[Path, Sequence[Result]],
) -> None:
    workspace, (first, _) = ran
    with _store(workspace) as store:
        before = store.gap_events("taste")
        session: Any = SimpleNamespace(store=store, run_id=first.run_id)
        again = identify(session, taste_task().seed, [])
        assert again == _report(store, first)
        assert store.gap_events("taste") == before


def test_what_judges_is_not_looked_at() -> None:
    suite = taste_suite("taste", "gate", 4)
    with pytest.raises(DataError, match="gate"):
        stored_outcomes(SimpleNamespace(), taste_task().seed, suite, suite.examples)  # type: ignore[arg-type]
