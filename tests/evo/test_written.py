"""Proposals that a model writes, in a whole run: told what they need, charged, and replayed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support import RuleAgent, taste_config, taste_reply, taste_task
from support_proposers import reply, said

from evo.models import Completion, Request
from evo.result import Result
from evo.run import run
from evo.storage import Store

ASKED: list[Request] = []


def helpful(request: Request) -> Completion:
    """Rewrites the first gene that is open, differently for every seed."""
    ASKED.append(request)
    schema: dict = request.schema  # type: ignore[assignment,type-arg]
    gene = schema["properties"]["edits"]["items"]["properties"]["gene"]["enum"][0]
    return said(reply(gene, f"Say {{{{ labels }}}} by number {(request.seed or 0) % 997}."))


def chatty(request: Request) -> Completion:
    """Never gives what was asked for."""
    ASKED.append(request)
    return said("Of course! Here is a better prompt for you.")


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    ASKED.clear()


def _run(workspace: Path, model: str = "helpful", **sets: object) -> Result:
    proposer = {"kind": "scripted", "name": f"{__name__}:{model}", "price": [1.0, 1.0]}
    config = taste_config(workspace, **{"models.proposer": proposer, **sets})
    return run(config, task=taste_task(), agent=RuleAgent(taste_reply))


def _spent(workspace: Path, result: Result) -> int:
    with Store(workspace / "runs" / "evo.db") as store:
        return store.spent(result.run_id)["proposals"]["calls"]


def test_a_writer_is_asked_within_the_budget_of_the_search(tmp_path: Path) -> None:
    result = _run(tmp_path)
    assert len(ASKED) == _spent(tmp_path, result) > 0
    counted = sum(row["calls"] for row in result.written.values())
    assert counted == len(ASKED)
    assert result.calls <= taste_config(tmp_path).budget.calls


def test_only_search_examples_are_shown_to_it(tmp_path: Path) -> None:
    _run(tmp_path)
    secret = [e.inputs["text"] for s in taste_task().suites if s.role != "search" for e in s]
    shown = "\n".join(m["content"] for request in ASKED for m in request.messages)
    open_texts = [e.inputs["text"] for s in taste_task().of("search") for e in s]
    assert any(text in shown for text in open_texts)
    assert not [text for text in secret if text in shown and text not in open_texts]


def test_a_second_run_on_the_same_seed_asks_nothing_again(tmp_path: Path) -> None:
    first = _run(tmp_path / "a")
    asked = len(ASKED)
    (tmp_path / "b" / "runs").mkdir(parents=True)
    with (
        closing(sqlite3.connect(tmp_path / "a" / "runs" / "evo.db")) as old,
        closing(sqlite3.connect(tmp_path / "b" / "runs" / "evo.db")) as new,
    ):
        old.backup(new)
        new.execute("DELETE FROM attempts")
        new.commit()
    second = _run(tmp_path / "b")
    assert len(ASKED) == asked
    assert (second.calls, second.written) == (first.calls, first.written)


def test_prose_is_counted_charged_and_costs_the_search_nothing_else(tmp_path: Path) -> None:
    result = _run(tmp_path, "chatty")
    rows = result.written.values()
    assert sum(row["counts"]["prose"] for row in rows) == len(ASKED) > 0
    assert sum(row["counts"]["ok"] for row in rows) == 0
    assert sum(row["calls"] for row in rows) == len(ASKED)
    assert len(result.front) > 0


def test_proposals_say_which_gap_they_answer(tmp_path: Path) -> None:
    result = _run(tmp_path)
    with Store(tmp_path / "runs" / "evo.db") as store:
        written = [p for p in store.proposals(result.run_id) if p["operator"] in result.written]
    assert written
    assert all(p["hypothesis"] and p["expected"] == pytest.approx(0.07) for p in written)
    assert any(p["gap"] for p in written)
