"""What is stored of every child: its worth against its parent (R17)."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.births import birth_record
from evo.proposers import Proposal
from evo.run import run
from evo.search.breeder import Born
from evo.search.entry import Entry
from evo.storage import Store
from fitness.outcome import Outcome


def entry(scores: dict[str, float | None]) -> Entry:
    outcomes = {name: Outcome(name, score) for name, score in scores.items()}
    proposal = Proposal(taste_task().seed, ("p",), "swap_cue", "gap", "why", 0.1)
    return Entry(proposal, "taste", outcomes)


def test_the_gain_is_paired_on_the_examples_that_both_have_met() -> None:
    child = entry({"a": 1.0, "b": 1.0, "c": 0.0, "d": None})
    parent = entry({"b": 0.0, "c": 0.0, "d": 1.0, "e": 1.0})
    record = birth_record(Born(child, parent), "k", {x: x for x in "abcde"}, kept=False)
    assert (record["hypothesis"], record["expected"], record["gap"]) == ("why", 0.1, "gap")
    assert (record["key"], record["kept"], record["n"]) == ("k", False, 3)
    gain = record["gain"]
    assert gain["mean"] == 0.5
    assert -1 < gain["low"] < 0.5 < gain["high"] <= 1


def test_examples_of_one_cluster_are_one_piece_of_evidence() -> None:
    child, parent = entry(dict.fromkeys("abcd", 1.0)), entry(dict.fromkeys("abcd", 0.0))
    record = birth_record(Born(child, parent), "k", dict.fromkeys("abcd", "one"), kept=True)
    assert record["gain"]["mean"] == 1.0
    assert record["gain"]["low"] is record["gain"]["high"] is None


def test_nothing_in_common_is_no_gain() -> None:
    born = Born(entry({"a": 1.0}), entry({"b": 1.0}))
    assert birth_record(born, "k", {"a": "a", "b": "b"}, kept=True)["gain"] is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("births")
    run(taste_config(folder), task=taste_task(), agent=RuleAgent(taste_reply))
    return folder


def test_every_child_of_a_run_is_stored_once(folder: Path) -> None:
    with Store(folder / "runs" / "evo.db") as store:
        run_id = store.run("latest")["id"]
        records, scores = store.proposals(run_id), store.scores(run_id)
    keys = [record["key"] for record in records]
    assert len(set(keys)) == len(keys)
    kept = {record["key"] for record in records if record["kept"]}
    archived = {score["key"] for score in scores if score["operator"] != "seed"}
    assert kept == archived
    assert len(keys) > len(kept)
    for record in records:
        assert math.isfinite(record["gain"]["mean"])
        assert record["gain"]["n"] == record["n"]


def test_a_run_ends_with_its_report(folder: Path) -> None:
    with Store(folder / "runs" / "evo.db") as store:
        found = store.run("latest")
    report = folder / "runs" / found["id"] / "report.html"
    assert str(report) in found["summary"]["files"]
    assert "done; started" in report.read_text().replace("\n", " ")
