"""A clock that is set back: durations stay sane, the latest run stays the latest, leases hold."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.lease import Lease, is_running
from evo.resume import _worked
from evo.storage import Store
from genomes.errors import StoreError


def _at(*minutes: int) -> list[str]:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    return [datetime.fromtimestamp(start + 60 * m, UTC).isoformat() for m in minutes]


def test_work_before_and_after_a_step_back_counts_once_each() -> None:
    # Half an hour of work; then the clock goes back 40 minutes, and ten more minutes follow.
    assert _worked(_at(0, -20), _at(10, 30, -15, -10)) == 60 * (30 + 10)


def test_a_step_back_inside_a_process_takes_nothing_off() -> None:
    assert _worked(_at(0), _at(5, -55, -50)) == 60 * 5


@given(st.lists(st.integers(-500, 500)), st.lists(st.integers(-500, 500)))
def test_no_order_of_times_gives_negative_work(starts: list[int], signs: list[int]) -> None:
    assert _worked(_at(*starts), _at(*signs)) >= 0


def test_the_latest_run_is_the_one_that_began_last(tmp_path: Path) -> None:
    path = tmp_path / "evo.db"
    with Store(path) as store:
        store.start_run("first", "a", "{}", 1)
        store.start_run("second", "a", "{}", 1)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE runs SET started = '2001-01-01T00:00:00Z' WHERE id = 'second'")
    database.close()
    with Store(path) as store:
        assert store.run("latest")["id"] == "second"
        assert [row["id"] for row in store.runs()] == ["first", "second"]


@pytest.mark.parametrize("stamp", [0, 4_000_000_000])
def test_a_lease_holds_whatever_the_dates_of_its_files(tmp_path: Path, stamp: int) -> None:
    lease = Lease(tmp_path / "run")
    os.utime(tmp_path / "run" / "lock", (stamp, stamp))
    assert is_running(tmp_path / "run")
    with pytest.raises(StoreError, match="another process"):
        Lease(tmp_path / "run")
    lease.release()
    assert not is_running(tmp_path / "run")
