"""``evogate report``, ``plot lineage`` and the ledger of ``runs show`` (R24, R42)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.storage import Store

Cli = Callable[..., object]
RUN = "20260101-a"


@pytest.fixture
def measured(folder: Path) -> Path:
    """A store with one run: a seed, and a child of it that was promoted."""
    content = {"quality_se": 0.03, "cost": 50.0, "length": 40, "final": True}
    with Store(folder / "runs" / "evo.db") as store:
        store.start_run(RUN, "mail", json.dumps({"name": "mail"}), 1)
        seed = content | {"quality": 0.6, "calls": 10, "operator": "seed", "is_seed": True}
        child = content | {"quality": 0.8, "calls": 80, "operator": "swap_cue"}
        store.put_score(RUN, "a" * 64, seed)
        store.put_score(RUN, "c" * 64, child | {"parents": ["a" * 64], "is_champion": True})
        for purpose, operator in (("search", "seed"), ("search", "swap_cue"), ("audit", None)):
            call = store.reserve_call(RUN, purpose, operator, 10, 0.5)
            store.settle_call(call, 7, 0.25, 1.5, "ok")
        arm = {"name": "seed", "genome_id": "a" * 64, "n": 40, "score": 0.625, "low": 0.5,
               "high": 0.75, "difference": None, "difference_low": None, "difference_high": None,
               "calls": 0, "tokens": 0, "seconds": 0.0, "scores": [1.0, 0.0]}  # fmt: skip
        store.finish_run(RUN, "done", {"arms": [arm], "reason": "won"})
    return folder


def test_the_report_is_written_where_asked(cli: Cli, measured: Path) -> None:
    done = cli("report", "-o", "deep/r.html")
    assert (done.code, done.err.strip()) == (0, "wrote deep/r.html")
    assert (measured / "deep" / "r.html").read_text().startswith("<!DOCTYPE html>")


def test_without_a_file_it_goes_into_the_folder_of_the_run(cli: Cli, measured: Path) -> None:
    assert cli("report", RUN[:8]).code == 0
    assert (measured / "runs" / RUN / "report.html").is_file()


def test_an_unknown_run_and_an_empty_workspace(cli: Cli, folder: Path) -> None:
    assert "nothing was run here yet" in cli("report").err
    assert not (folder / "runs").exists()


def test_another_run_is_named(cli: Cli, measured: Path) -> None:
    done = cli("report", "2099", "-o", "r.html")
    assert done.code == 2
    assert "unknown run" in done.err
    assert not (measured / "r.html").exists()


def test_a_place_that_cannot_be_written(cli: Cli, measured: Path) -> None:
    (measured / "file").write_text("")
    done = cli("report", "-o", "file/r.html")
    assert done.code == 2
    assert "cannot write the report" in done.err


def test_the_lineage_is_drawn(cli: Cli, measured: Path) -> None:
    assert cli("plot", "lineage", "-o", "l.svg").code == 0
    text = (measured / "l.svg").read_text()
    assert "<!-- its ancestry -->" in text
    assert "<!-- edit of a text -->" in text


def test_runs_show_splits_what_was_spent(cli: Cli, measured: Path) -> None:
    spend = json.loads(cli("runs", "show", "--json").out)["spend"]
    assert [(row["purpose"], row["operator"], row["calls"]) for row in spend] == [
        ("search", "seed", 1),
        ("search", "swap_cue", 1),
        ("audit", None, 1),
    ]
    lines = [line.split() for line in cli("runs", "show").out.splitlines()]
    assert ["search", "swap_cue", "1", "0", "7", "$0.2500", "2"] in lines
    assert ["search", "all", "2", "0", "14", "$0.5000", "3"] in lines
    assert ["all", "all", "3", "0", "21", "$0.7500", "4"] in lines


def test_runs_show_tells_the_arms_without_each_score(cli: Cli, measured: Path) -> None:
    text = cli("runs", "show").out
    assert "0.625 (0.500 to 0.750)" in text
    assert "scores" not in text
