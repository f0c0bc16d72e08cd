"""The whole loop where one local model answers and a larger one writes the proposals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import evo
from benchmarks.sentiment.task import sentiment
from evo.models.catalogue import pull
from evo.proposers import KINDS
from evo.result import Result
from evo.storage import Store
from evo.task import Task

SIZES = {"search": 30, "gate": 20, "regression": 4, "audit": 20}
PAIRS = [
    ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"),
    ("smollm2-135m", "qwen2.5-coder-0.5b"),
]


def _tiny() -> Task:
    task = sentiment()
    suites = tuple(
        replace(suite, examples=suite.examples[: SIZES[suite.role]]) for suite in task.suites
    )
    return replace(task, suites=suites)


@pytest.fixture
def runs(models_folder: Path, tmp_path: Path) -> Callable[[str, str], Result]:
    def run(answers: str, writes: str) -> Result:
        local = {"kind": "local", "threads": 1}
        config = {
            "name": "sentiment",
            "task": "unused",
            "models": {
                "task": {**local, "path": str(pull(answers, models_folder))},
                "proposer": {**local, "path": str(pull(writes, models_folder))},
            },
            "search": {
                "blocks": [5, 10, 20],
                "children": 4,
                "written": 1.0,
                "finalists": 1,
                "reserve": 10,
                "regression": 2,
            },
            "gate": {"n": 20, "look_every": 10},
            "budget": {"calls": 300},
            "workspace": str(tmp_path),
        }
        return evo.optimize(config, task=_tiny())

    return run


@pytest.mark.model
@pytest.mark.network
@pytest.mark.parametrize(("answers", "writes"), PAIRS)
def test_one_model_answers_and_a_larger_one_writes(
    runs: Callable[[str, str], Result], tmp_path: Path, answers: str, writes: str
) -> None:
    result = runs(answers, writes)
    assert result.status in ("promoted", "kept")
    assert result.bought == result.calls <= 300
    with Store(tmp_path / "runs" / "evo.db") as store:
        assert store.run(result.run_id)["status"] == "done"
        spent = store.spent(result.run_id)
    # Both models stand in the ledger, and it counts what the budget was charged.
    assert spent["proposals"]["calls"] >= 3
    assert spent["search"]["calls"] > 20
    assert sum(one["calls"] for one in spent.values()) == result.bought
    assert all(one["failed"] == 0 for one in spent.values())
    # Each request is counted once, under what became of it.
    outcomes = [row["counts"] for row in result.written.values()]
    assert all(set(row) == set(KINDS) for row in outcomes)
    asked = sum(n for row in outcomes for kind, n in row.items() if kind != "unaffordable")
    assert asked == spent["proposals"]["calls"]
    # A grammar binds the replies: whatever a small model's proposals are worth, they can be read.
    assert all(row["malformed"] == row["failed"] == 0 for row in outcomes)
