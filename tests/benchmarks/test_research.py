"""The research task: questions over passages, without a leak. No download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import evo
from benchmarks.research import data
from benchmarks.research.task import example, research
from evo.agents import CallableAgent
from evo.cli.scaffold import example_config
from evo.config import resolve
from evo.task import Task
from fitness.scorers import scorer
from fitness.suites.checks import check_suites
from genomes import render
from genomes.variation import violation

PASSAGES = 400


def _line(number: int) -> str:
    row = {
        "passage": f"City {number} lies at the river Alm , and has {number + 7} bridges .",
        "question": f"How many people no I mean bridges has city {number} ?",
        "answer": str(number + 7) if number % 4 else "unknown",
    }
    return json.dumps(row)


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Iterator[Task]:
    lines = [_line(number) for number in range(PASSAGES)]
    again = json.dumps(json.loads(lines[0]) | {"question": "Which river ?", "answer": "Alm"})
    long = json.dumps({"passage": "x" * 1001, "question": "Why ?", "answer": "x"})
    content = "\n".join([*lines, again, long, ""]).encode()
    monkeypatch.setattr(data, "read_member", lambda wheel, path: content)
    data.examples.cache_clear()
    yield research()
    data.examples.cache_clear()


def test_each_passage_is_in_one_role_and_asked_about_once(task: Task) -> None:
    every = [one for suite in task.suites for one in suite]
    shown = {demo.example_id for demo in task.spec.pool(())}
    assert len(every) + len(shown) == PASSAGES == len({e.cluster for e in every}) + len(shown)
    assert not shown & {one.id for one in every}, "what may be shown is never measured"
    check_suites(task.suites, {domain.name: domain.labels for domain in task.seed.domains})


def test_the_seed_is_in_bounds_and_shows_passage_and_question(task: Task) -> None:
    assert violation(task.seed, task.spec) is None
    first = next(iter(task.suites[0]))
    said = render(task.seed, "research").messages(first.inputs)[-1]["content"]
    assert first.inputs["passage"] in said
    assert first.inputs["question"] in said


def test_spaces_before_punctuation_are_taken_out(task: Task) -> None:
    first = next(iter(task.suites[0]))
    assert " ," not in first.inputs["passage"]
    assert first.inputs["question"].endswith("?")
    assert not first.inputs["question"].endswith(" ?")


def test_unanswerable_questions_are_tagged_so_that_gaps_can_name_them(task: Task) -> None:
    for suite in task.suites:
        for one in suite:
            assert ("unanswerable" in one.tags) == (one.target == "unknown")


def test_the_example_runs_and_finds_that_unknown_is_an_answer(task: Task, tmp_path: Path) -> None:
    def answer(messages: list[dict[str, str]], inputs: object) -> str:
        # Stands in for a model that says "unknown" only if it was told that it may.
        told = "unknown" in messages[0]["content"]
        number = messages[-1]["content"].split("has ")[1].split()[0]
        return "unknown" if told and (int(number) - 7) % 4 == 0 else number

    config = resolve(
        {"name": "research", "task": "research", "budget": {"calls": 900}},
        folder=tmp_path,
        sets=["search.blocks=[12, 30]", "search.reserve=20", "gate.n=100"],
    )
    agent = CallableAgent(answer, "1", stateless=True)
    result = evo.optimize(config, task=task, agent=agent)
    best = result.arms[-1]
    assert best.score > 0.95 > result.arms[0].score
    assert best.name == "champion"


def test_its_settings_make_a_config() -> None:
    import yaml

    config = resolve(yaml.safe_load(example_config("research", "mine")))
    assert (config.name, config.task) == ("mine", "research")
    assert config.models.task.name in example()
    assert scorer("token_f1")
