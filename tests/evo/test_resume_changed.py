"""Going on with a run that was changed on purpose: paid once, judged anew, and said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import Agent, Steps, tiny_config, tiny_task

from evo.champion import Registry
from evo.lease import Lease
from evo.reopen import reopen_session
from evo.resume import Past, check_config, recall, with_config
from evo.run import resume, run
from evo.storage import Store
from evo.task import Task
from fitness.budget import Budget, Limits
from fitness.evaluator import Course, Evaluator
from fitness.response import Response
from genomes.errors import BudgetError, ConfigError, StoppedError, StoreError


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures and the page decide nothing."""
    for name in ("evo.report.plot_pareto", "evo.report.plot_progress", "evo.run.write_report"):
        monkeypatch.setattr(name, lambda *given, **named: None)


def _stopped_at(workspace: Path, calls: int, **sets: object) -> Agent:
    """A run that was stopped after so many calls; nothing is lost."""
    agent = Agent(Steps())
    with pytest.raises(StoppedError):
        run(
            tiny_config(workspace, **sets),
            task=tiny_task(),
            agent=agent,
            stop=lambda: len(agent.steps.labels) > 2 * calls,
        )
    return agent


def _in_the_gate(workspace: Path) -> int:
    """Stopped in the middle of its gate attempt; gives the calls so far."""
    agent, attempts = Agent(Steps()), [0]

    def listener(event: Any) -> None:
        if event.kind == "candidate":
            attempts[0] = len(agent.steps.labels) + 20

    with pytest.raises(StoppedError):
        run(
            tiny_config(workspace),
            task=tiny_task(),
            agent=agent,
            listener=listener,
            stop=lambda: 0 < attempts[0] < len(agent.steps.labels),
        )
    return len(agent.steps.labels) // 2


def _without_one_gate_example() -> Task:
    task = tiny_task()
    suites = [replace(s, examples=s.examples[1:]) if s.role == "gate" else s for s in task.suites]
    return replace(task, suites=tuple(suites))


def _events(workspace: Path, kind: str) -> list[dict[str, Any]]:
    with Store(workspace / "runs" / "evo.db") as store:
        events = store.events(store.run("latest")["id"])
    return [event["payload"] for event in events if event["kind"] == kind]


def test_changed_data_never_meets_the_plan_made_for_the_old(tmp_path: Path) -> None:
    made = _in_the_gate(tmp_path)
    agent, past = Agent(Steps()), recall(tmp_path)
    changed = with_config(past, tiny_config(tmp_path, **{"budget.calls": 700}), "evo.yaml")
    result = resume(changed, task=_without_one_gate_example(), agent=agent, allow_changed=True)

    with Store(tmp_path / "runs" / "evo.db") as store:
        rows = store.attempts()
        assert store.run("latest")["status"] == "done"
    assert rows[0]["decision_json"] is None, "the old plan is spent, not carried out"
    assert len(rows) > 1
    plans = [json.loads(row["plan_json"]) for row in rows]
    assert len({plan["attempt_id"] for plan in plans}) == len(plans)
    assert plans[1]["alpha"] < plans[0]["alpha"] or plans[1]["shard_hash"] != plans[0]["shard_hash"]
    assert result.decisions[0].attempt_id == rows[1]["attempt_id"]

    bought = len(agent.steps.labels) // 2
    assert result.bought == made + bought == result.calls
    assert result.spend["lost"].calls == made, "what was bought is charged once, at the start"


def test_what_differs_is_said_and_journalled(tmp_path: Path) -> None:
    _stopped_at(tmp_path, 40)
    past = recall(tmp_path)
    present = tiny_config(tmp_path, **{"search.children": 3})
    with pytest.raises(ConfigError, match="--allow-changed"):
        check_config(past, present, "evo.yaml")
    with pytest.raises(ConfigError, match="--allow-changed"):
        resume(with_config(past, present, "evo.yaml"), task=tiny_task(), agent=Agent(Steps()))
    resume(
        with_config(past, present, "evo.yaml"),
        task=_without_one_gate_example(),
        agent=Agent(Steps()),
        allow_changed=True,
    )
    (event,) = _events(tmp_path, "resume")
    assert event["changed"] == ["search.children (3, was 4)", "suite 'taste/gate'"]
    told = [one["what"] for one in _events(tmp_path, "warning")]
    assert any("search.children (3, was 4)" in what for what in told)
    journal = Registry(tmp_path / "champions" / "taste").history()
    (line,) = [entry for entry in journal if entry.kind == "resume"]
    assert line.payload["changed"] == event["changed"]
    assert any(entry.kind == "rebaseline" for entry in journal)
    # From then on the present config is the run's own.
    assert recall(tmp_path).config == present


def test_a_changed_run_that_is_killed_goes_on_as_changed(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    sets = {"search.children": 3}
    summaries = []
    for workspace in (whole, broken):
        _stopped_at(workspace, 40)
        past = with_config(recall(workspace), tiny_config(workspace, **sets), "evo.yaml")
        agent = Agent(Steps())
        if workspace == whole:
            result = resume(past, task=tiny_task(), agent=agent, allow_changed=True)
        else:
            with pytest.raises(StoppedError):
                resume(
                    past,
                    task=tiny_task(),
                    agent=agent,
                    allow_changed=True,
                    stop=lambda agent=agent: len(agent.steps.labels) > 60,
                )
            result = resume(recall(workspace), task=tiny_task(), agent=agent)
        summaries.append((result.champion.genome.id, result.calls, result.bought, result.status))
    assert summaries[0] == summaries[1]


def test_nothing_differs_and_nothing_is_changed(tmp_path: Path) -> None:
    _stopped_at(tmp_path, 40)
    past = with_config(recall(tmp_path), tiny_config(tmp_path), "evo.yaml")
    result = resume(past, task=tiny_task(), agent=Agent(Steps()), allow_changed=True)
    assert "lost" not in result.spend
    assert "changed" not in _events(tmp_path, "resume")[0]


def test_a_changed_run_keeps_to_its_budget(tmp_path: Path) -> None:
    _stopped_at(tmp_path, 150)
    past = with_config(recall(tmp_path), tiny_config(tmp_path, **{"budget.calls": 250}), "evo.yaml")
    with pytest.raises(BudgetError, match=r"has spent 15\d calls already"):
        resume(past, task=tiny_task(), agent=Agent(Steps()), allow_changed=True)
    assert recall(tmp_path).config == tiny_config(tmp_path), "a refusal changes nothing"
    Lease(tmp_path / "runs" / past.run_id).release()


def test_the_config_of_another_agent_is_refused(tmp_path: Path) -> None:
    _stopped_at(tmp_path, 10)
    other = tiny_config(tmp_path).model_copy(update={"name": "other"})
    with pytest.raises(ConfigError, match="speaks of 'other'"):
        with_config(recall(tmp_path), other, "evo.yaml")


# The ledger is read once the run is held ---------------------------------------------------------


@pytest.fixture
def stale(tmp_path: Path) -> tuple[Path, Past]:
    """What one process has recalled before another one went on."""
    _stopped_at(tmp_path, 40)
    return tmp_path, recall(tmp_path)


def test_a_run_that_another_process_finished_is_left_alone(stale: tuple[Path, Past]) -> None:
    workspace, past = stale
    resume(recall(workspace), task=tiny_task(), agent=Agent(Steps()))
    with pytest.raises(ConfigError, match="is finished"):
        resume(past, task=tiny_task(), agent=Agent(Steps()))
    with Store(workspace / "runs" / "evo.db") as store:
        assert store.run("latest")["status"] == "done"


def test_calls_that_another_process_lost_meanwhile_count(stale: tuple[Path, Past]) -> None:
    workspace, past = stale
    with Store(workspace / "runs" / "evo.db") as store:
        store.reserve_call(past.run_id, "search", None, 100, 0.0, "key")
    assert past.lost.calls == 0
    session = reopen_session(past, tiny_task(), Agent(Steps()))
    assert session.lost.calls == 1
    with pytest.raises(StoreError, match="carried out by another process"):
        reopen_session(past, tiny_task(), Agent(Steps()))
    session.close()


# Asking again ------------------------------------------------------------------------------------


def test_only_what_was_never_answered_is_asked_again(tmp_path: Path) -> None:
    task = tiny_task()
    suite = task.of("search")[0]
    examples = suite.examples[:3]
    agent = Agent(Steps())
    with Store(tmp_path / "evo.db") as store:
        first = Evaluator(agent, store, "a")
        first.evaluate([task.seed], suite, examples, budget=Budget(Limits()), purpose="search")
        keys = list(first._seen)
        for key, status, text in ((keys[0], "infra_error", ""), (keys[1], "limit", "")):
            store._write(
                "UPDATE responses SET status = ?, text = ? WHERE key = ?", (status, text, key)
            )
        for retry, asked in ((False, 0), (True, 1), (True, 0)):
            made, budget = len(agent.steps.labels), Budget(Limits())
            again = Evaluator(agent, store, "b", course=Course(retry_errors=retry))
            found = again.evaluate([task.seed], suite, examples, budget=budget, purpose="search")[0]
            assert len(agent.steps.labels) - made == 2 * asked
            assert budget.spent.calls == 3, "asked or stored, each is charged"
            assert found[0].missing is not retry
            assert found[1].score == 0, "a limit is an answer, a wrong one"


def test_a_proposer_is_asked_again_by_the_same_rule() -> None:
    failed, given = Response("", status="infra_error"), Response("yes")
    stored = {"a": failed, "b": given}
    assert Course().usable(stored) == stored
    assert Course(retry_errors=True).usable(stored) == {"b": given}
