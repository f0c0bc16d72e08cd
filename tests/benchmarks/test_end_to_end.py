"""The whole loop with the real model on the real data, made small (``make test-model``)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import evo
from benchmarks.sentiment.task import sentiment
from evo.task import Task
from genomes import render

SIZES = {"search": 40, "gate": 40, "regression": 10, "audit": 40}


def _small() -> Task:
    task = sentiment()
    suites = tuple(
        replace(suite, examples=suite.examples[: SIZES[suite.role]]) for suite in task.suites
    )
    return replace(task, suites=suites)


@pytest.mark.model
@pytest.mark.network
def test_the_loop_runs_on_the_local_model_and_a_second_run_buys_nothing_twice(
    model_path: Path, tmp_path: Path
) -> None:
    config = {
        "name": "sentiment",
        "task": "unused",
        "models": {"task": {"kind": "local", "path": str(model_path)}},
        "search": {
            "blocks": [10, 20, 30],
            "children": 3,
            "finalists": 1,
            "reserve": 10,
            "regression": 4,
        },
        "gate": {"n": 40, "look_every": 20},
        "budget": {"calls": 600},
        "workspace": str(tmp_path),
    }
    first = evo.optimize(config, task=_small())
    assert first.bought == first.calls <= 600
    arms = {arm.name: arm for arm in first.arms}
    assert arms["seed"].n == 40
    # Stored log-probabilities read with a fitted offset: other answers, no further call.
    assert arms["reading"].calls == 0
    assert arms["reading"].genome_id != arms["seed"].genome_id
    second = evo.optimize(config, task=_small())
    assert second.bought < second.calls
    champion = evo.load_champion("sentiment", root=tmp_path / "champions")
    shown = champion.messages("sentiment", text="A three-hour cinema master class.")
    expected = render(second.champion.genome, "sentiment")
    assert shown == expected.messages({"text": "A three-hour cinema master class."})
