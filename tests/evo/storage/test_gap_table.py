"""Gaps outlive the run that found them; what happened to them is told once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database as SchemaDatabase

from evo.storage import Store
from evo.storage.migrations import migrations
from fitness.response import Response, ResponseKey


def _put(store: Store, event: str, state: str, run: str = "r1", agent: str = "mail") -> bool:
    return store.put_gap(
        agent, "g1", run, state=state, record={"n": len(run)}, event=event, evidence={"by": event}
    )


def test_a_gap_is_there_after_opening_again(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        assert _put(store, "open", "open")
    with Store(tmp_path / "evo.db") as store:
        assert [(gap["id"], gap["state"], gap["record"]) for gap in store.gaps("mail")] == [
            ("g1", "open", {"n": 2})
        ]
        assert store.gap_events("mail")[0]["evidence"] == {"by": "open"}


def test_the_latest_state_counts_and_the_first_date_stays(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        _put(store, "open", "open")
        opened = store.gaps("mail")[0]["opened"]
        _put(store, "closed", "closed", run="run-2")
        gap = store.gaps("mail")[0]
        assert (gap["state"], gap["record"], gap["opened"]) == ("closed", {"n": 5}, opened)
        assert [event["kind"] for event in store.gap_events("mail")] == ["open", "closed"]


def test_an_event_is_told_once_a_run_and_then_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        _put(store, "open", "open")
        _put(store, "closed", "closed")
        assert not _put(store, "open", "open")
        assert store.gaps("mail")[0]["state"] == "closed"
        assert len(store.gap_events("mail")) == 2


def test_agents_do_not_share_gaps(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        assert _put(store, "open", "open")
        assert _put(store, "open", "open", agent="other")
        assert len(store.gaps("mail")) == len(store.gaps("other")) == 1
        assert store.gaps("nobody") == []


def test_a_state_is_never_changed_without_its_reason(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        _put(store, "open", "open")
        store._connection.execute(
            "CREATE TRIGGER no BEFORE UPDATE ON gaps BEGIN SELECT raise(ABORT, 'no'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            _put(store, "closed", "closed")
        assert [event["kind"] for event in store.gap_events("mail")] == ["open"]


def test_a_store_without_traces_is_upgraded_and_its_answers_have_none(tmp_path: Path) -> None:
    path = tmp_path / "evo.db"
    old = SchemaDatabase(path)
    migrations.apply(old, stop_before="m004_trace")
    key = ResponseKey("call", "inputs", "agent")
    old.conn.execute(
        "INSERT INTO responses (key, call_hash, inputs_hash, fingerprint, replicate, text, seconds,"
        " status) VALUES (?, 'call', 'inputs', 'agent', 0, 'x', 1.0, 'ok')",
        (key.hash,),
    )
    old.conn.commit()
    old.close()
    with Store(path) as store:
        assert store.get_many([key]) == {key.hash: Response("x", seconds=1.0)}


def test_a_store_without_gaps_is_upgraded_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "evo.db"
    old = SchemaDatabase(path)
    migrations.apply(old, stop_before="m003_gaps")
    old.conn.execute("INSERT INTO runs (id, name, config, seed) VALUES ('r', 'mail', '{}', 1)")
    old.conn.commit()
    old.close()
    with Store(path) as store:
        assert store.run("r")["name"] == "mail"
        assert _put(store, "open", "open")
