"""A run that was killed and resumed is the run that was never killed (R46).

K1 the result is the same: summary, champion, decisions, events, proposals, scores, journal
K2 no stored response is bought again; at most ``jobs`` calls are lost a kill, and they count
K3 the gate's attempt keeps its plan, uses one share of the error budget and promotes once
K4 what differs from the start is refused by name
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import Agent, Steps, Worker, tiny_config, tiny_task
from support import taste_config, taste_task
from support_gate import decided, planned

from evo.allotment import Allotment, without_lost
from evo.caches import clear
from evo.champion import Registry
from evo.launch import Launch, Origin, changed_keys, moved
from evo.lease import Lease, ask_to_stop, is_running
from evo.resume import RunClock, check_config, recall
from evo.run import resume, run
from evo.storage import Store
from evo.task import Task
from genomes.errors import ConfigError, IntegrityError, StoppedError, StoreError


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures and the page decide nothing."""
    for name in ("evo.report.plot_pareto", "evo.report.plot_progress", "evo.run.write_report"):
        monkeypatch.setattr(name, lambda *given, **named: None)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as one:
        yield one


@pytest.fixture(scope="module")
def whole(worker: Worker, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The run that was never killed, and what it left behind."""
    workspace = tmp_path_factory.mktemp("whole")
    answer = worker.ask(workspace)
    assert answer.get("summary", {}).get("status") == "promoted", answer.get("error")
    return {**answer, "left": _left(workspace)}


def _points(labels: list[str], n: int, seed: int) -> list[int]:
    """Half of them anywhere, half around the champion's journal, where little happens but much
    is decided."""
    rng = random.Random(seed)
    rare = [i for i, label in enumerate(labels, 1) if "journal" in label or "champion" in label]
    near = [rng.choice(rare) + rng.randint(-12, 12) for _ in range(n // 2)]
    anywhere = [rng.randint(1, len(labels)) for _ in range(n - n // 2)]
    return [min(max(point, 1), len(labels)) for point in (*anywhere, *near)]


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize("part", range(4))
def test_killed_anywhere_and_resumed(
    worker: Worker, whole: dict[str, Any], tmp_path: Path, jobs: int, part: int
) -> None:
    for number, point in enumerate(_points(whole["steps"], 4, seed=10 * jobs + part)):
        workspace = tmp_path / str(number)
        killed = worker.ask(workspace, kill_at=point, **{"run.jobs": jobs})
        kills = int("killed" in killed)
        if number == 0 and _began(workspace):  # and killed again while it is resumed
            kills += "killed" in worker.ask(workspace, kill_at=point // 2 + 5, resume=True)
        end = _finished(worker, workspace, {"run.jobs": jobs})
        _check_same(whole, end, workspace, kills * jobs, f"step {point}, {jobs} jobs")


def _began(workspace: Path) -> bool:
    path = workspace / "runs" / "evo.db"
    if not path.is_file():
        return False
    with Store(path) as store:
        return bool(store.runs())


def _finished(worker: Worker, workspace: Path, sets: dict[str, Any]) -> dict[str, Any]:
    if not _began(workspace):  # killed before the run was registered: nothing was bought
        return worker.ask(workspace, **sets)
    end = worker.ask(workspace, resume=True)
    if "is finished" in end.get("error", ""):  # killed after its last step
        with Store(workspace / "runs" / "evo.db") as store:
            return {"summary": store.run("latest")["summary"]}
    return end


def _check_same(
    whole: dict[str, Any], end: dict[str, Any], workspace: Path, most_lost: int, where: str
) -> None:
    assert "summary" in end, f"{where}: {end.get('error')}"
    lost = end["summary"]["spend"].get("lost", {"calls": 0})["calls"]
    assert lost <= most_lost, where  # K2
    assert _bare(end["summary"]) == _bare(whole["summary"]), where  # K1
    left = _left(workspace)
    assert left.pop("lost") == lost, where
    assert left.pop("repeats") == [], where
    expected = {key: value for key, value in whole["left"].items() if key in left}
    for key, value in left.items():
        assert value == expected[key], f"{where}: {key}"
    assert not Registry(workspace / "champions" / "taste").verify(), where


def _bare(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary without ids, paths and times, and without what the kill has cost."""
    lost = summary["spend"].get("lost", {"calls": 0})["calls"]
    spend = {
        name: {key: value for key, value in one.items() if key != "seconds"}
        for name, one in summary["spend"].items()
        if name != "lost"
    }
    arms = [{**arm, "seconds": None} for arm in summary["arms"]]
    same = {k: v for k, v in summary.items() if k not in ("run", "files", "calls", "bought")}
    bought = (summary["calls"] - lost, summary["bought"] - lost)
    return {**same, "spend": spend, "arms": arms, "calls, bought": bought}


def _left(workspace: Path) -> dict[str, Any]:
    """What a run leaves in store and journal, without ids and times."""
    with Store(workspace / "runs" / "evo.db") as store:
        (found,) = store.runs()
        run_id = found["id"]
        events = [e for e in store.events(run_id) if e["kind"] != "resume"]
        done = [e["payload"] for e in events if e["kind"] == "done"]
        assert len(done) == 1
        lost = store.lost_calls(run_id).calls
        done[0].update({name: done[0][name] - lost for name in ("calls", "bought")})
        records = {
            "status": found["status"],
            "events": [_anonymous((e["kind"], e["payload"]), run_id) for e in events],
            "proposals": [_anonymous(one, run_id) for one in store.proposals(run_id)],
            "scores": [_anonymous(one, run_id) for one in store.scores(run_id)],
            "attempts": [(a["plan_json"], a["decision_json"]) for a in store.attempts()],
            "lost": lost,
        }
    with sqlite3.connect(workspace / "runs" / "evo.db") as raw:
        repeats = raw.execute(
            "SELECT response_key FROM calls WHERE status = 'ok' GROUP BY 1 HAVING count(*) > 1"
        ).fetchall()
    registry = Registry(workspace / "champions" / "taste")
    # A line that a kill cut short is mended, and the mending is noted.
    lines = [e for e in registry.history() if e.kind != "repair"]
    journal = [(e.kind, e.payload.get("genome"), e.payload.get("decision")) for e in lines]
    return {**records, "repeats": repeats, "journal": journal, "head": registry.head().genome.id}


def _anonymous(content: Any, run_id: str) -> str:
    return json.dumps(content, sort_keys=True).replace(run_id, "RUN")


def test_a_budget_without_room_to_spare_survives_a_kill(worker: Worker, tmp_path: Path) -> None:
    tight = {"budget.calls": 244}
    whole = worker.ask(tmp_path / "whole", **tight)
    end: dict[str, Any] = {}
    for point in (150, 900):
        workspace = tmp_path / str(point)
        assert "killed" in worker.ask(workspace, kill_at=point, **tight)
        end = worker.ask(workspace, resume=True)
        assert _bare(end["summary"]) == _bare(whole["summary"])
        assert end["summary"]["bought"] <= 244


def test_proposals_by_a_model_are_not_bought_again_either(worker: Worker, tmp_path: Path) -> None:
    sets = {"models.proposer": "{kind: scripted, name: 'killing:write'}", "search.share": 0.55}
    whole = worker.ask(tmp_path / "whole", **sets)
    whole["left"] = _left(tmp_path / "whole")
    with Store(tmp_path / "whole" / "runs" / "evo.db") as store:
        assert store.spent(whole["summary"]["run"])["proposals"]["calls"] > 3
    for point in _points(whole["steps"], 6, seed=5):
        workspace = tmp_path / str(point)
        killed = "killed" in worker.ask(workspace, kill_at=point, **sets)
        end = _finished(worker, workspace, sets)
        _check_same(whole, end, workspace, int(killed), f"step {point}")


# What may not differ -------------------------------------------------------------------------


@pytest.fixture
def broken(worker: Worker, tmp_path: Path) -> Path:
    """A workspace whose run was killed in the search."""
    assert "killed" in worker.ask(tmp_path, kill_at=400)
    return tmp_path


def _resumed(workspace: Path, task: Task | None = None, fingerprint: str = "tiny") -> None:
    agent = Agent(Steps(), fingerprint=fingerprint)
    resume(recall(workspace), task=task or tiny_task(), agent=agent)


def test_changed_data_genome_spec_or_agent_are_named(broken: Path) -> None:  # K4
    task = tiny_task()
    first = task.suites[0]
    other = replace(first, examples=first.examples[:-1])
    with pytest.raises(ConfigError, match=f"suite '{first.name}' changed"):
        _resumed(broken, replace(task, suites=(other, *task.suites[1:])))
    gene = task.seed.gene("role").model_copy(update={"text": "You are here."})
    with pytest.raises(ConfigError, match="the seed genome"):
        _resumed(broken, replace(task, seed=task.seed.with_gene(gene)))
    with pytest.raises(ConfigError, match="what may vary"):
        _resumed(broken, replace(task, spec=task.spec.model_copy(update={"slots": ()})))
    with pytest.raises(ConfigError, match="the agent or its model"):
        _resumed(broken, fingerprint="another")
    with Store(broken / "runs" / "evo.db") as store:
        assert store.run("latest")["status"] == "running"  # a refusal changes nothing


def test_a_changed_config_is_named(broken: Path) -> None:
    past = recall(broken)
    check_config(past, tiny_config(broken), "evo.yaml")
    with pytest.raises(ConfigError, match=r"gate.n \(30, was 24\)"):
        check_config(past, tiny_config(broken, **{"gate.n": 30}), "evo.yaml")
    frozen = broken / "runs" / past.run_id / "config.yaml"
    frozen.write_text(frozen.read_text().replace("calls: 320", "calls: 9000"))
    with pytest.raises(ConfigError, match=r"edited: budget.calls \(9000, was 320\)"):
        recall(broken)


def test_a_moved_workspace_goes_on(broken: Path, tmp_path: Path) -> None:
    there = tmp_path.parent / f"{tmp_path.name}-moved"
    broken.rename(there)
    assert recall(there).config == tiny_config(there)


def test_another_champion_since_then_is_refused(broken: Path) -> None:
    registry = Registry(broken / "champions" / "taste")
    head = registry.head().genome
    new = head.with_gene(head.gene("role").model_copy(update={"text": "You are new."}))
    decision = decided(new, head)
    registry.promote(new, decision, provenance={"run": "another", **planned(decision)})
    with pytest.raises(IntegrityError, match="version 2 is in force"):
        _resumed(broken)


def test_what_the_user_rolled_back_is_not_promoted_again(worker: Worker, tmp_path: Path) -> None:
    steps = worker.ask(tmp_path / "whole")["steps"]
    last = max(i for i, label in enumerate(steps, 1) if label == "after champion")
    assert "killed" in worker.ask(tmp_path / "a", kill_at=last + 3)
    registry = Registry(tmp_path / "a" / "champions" / "taste")
    assert registry.head().number == 2
    registry.rollback(reason="not yet")
    worker.ask(tmp_path / "a", resume=True)
    assert registry.head().number == 1
    assert [entry.kind for entry in registry.history()].count("promote") == 1


def test_a_run_that_is_alive_is_left_alone(broken: Path) -> None:
    lease = Lease(broken / "runs" / recall(broken).run_id)
    with pytest.raises(StoreError, match="carried out by another process"):
        _resumed(broken)
    lease.release()
    _resumed(broken)
    with pytest.raises(ConfigError, match="is finished"):
        _resumed(broken)


def test_a_run_of_before_launches_were_kept_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "runs" / "evo.db") as store:
        store.start_run("20260101-a", "taste", "{}", 1)
    with pytest.raises(ConfigError, match="does not say what it started from"):
        recall(tmp_path)
    with pytest.raises(ConfigError, match="did you mean 20260101-a"):
        recall(tmp_path, "20260101-b")


# Stopping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_stopped_run_loses_nothing(tmp_path: Path, jobs: int) -> None:
    agent = Agent(Steps())
    config = tiny_config(tmp_path, **{"run.jobs": jobs})
    with pytest.raises(StoppedError, match="was stopped") as stopped:
        run(config, task=tiny_task(), agent=agent, stop=lambda: len(agent.steps.labels) > 80)
    past = recall(tmp_path)
    assert f"--resume {past.run_id}" in str(stopped.value)
    assert (past.status, past.lost.calls) == ("interrupted", 0)
    made = len(agent.steps.labels)
    result = resume(past, task=tiny_task(), agent=agent)
    assert "lost" not in result.spend
    assert made + 2 * result.bought == len(agent.steps.labels) + made


def test_a_run_stops_when_another_process_asks(tmp_path: Path) -> None:
    agent = Agent(Steps())
    asked: list[Path] = []

    def listener(event: Any) -> None:
        if event.kind == "generation" and not asked:
            asked.extend((tmp_path / "runs").glob("2*"))
            assert is_running(asked[0])
            ask_to_stop(asked[0])

    with pytest.raises(StoppedError):
        run(tiny_config(tmp_path), task=tiny_task(), agent=agent, listener=listener)
    assert not is_running(asked[0])
    resume(recall(tmp_path), task=tiny_task(), agent=agent)  # the wish was for that process only


def test_answers_that_were_cleared_are_bought_again_within_the_budget(tmp_path: Path) -> None:
    agent = Agent(Steps())
    config = tiny_config(tmp_path, **{"budget.calls": 244})
    with pytest.raises(StoppedError):
        run(config, task=tiny_task(), agent=agent, stop=lambda: len(agent.steps.labels) > 240)
    made = len(agent.steps.labels) // 2
    clear(tmp_path, "responses")
    past = recall(tmp_path)
    assert past.lost.calls == made
    result = resume(past, task=tiny_task(), agent=agent)
    assert made < len(agent.steps.labels) // 2 == result.bought == result.calls <= 244


# Parts ---------------------------------------------------------------------------------------


def test_lost_calls_are_paid_by_what_is_spare_first() -> None:
    parts = Allotment(total=1000, search=400, baseline=0, attempt=300, audit=210)
    assert without_lost(parts, 0) == parts
    assert without_lost(parts, 10) == replace(parts, audit=200)
    assert without_lost(parts, 100) == replace(parts, audit=200)
    assert without_lost(parts, 107) == replace(parts, audit=200, search=393)
    assert without_lost(replace(parts, total=None), 107).audit == 210


def test_earlier_seconds_count_from_the_first_new_call_on() -> None:
    clock = RunClock(3600.0)
    before = clock()
    clock.catch_up()
    assert clock() - before >= 3600.0


def test_seconds_of_earlier_processes_are_known(broken: Path) -> None:
    with sqlite3.connect(broken / "runs" / "evo.db") as raw:
        raw.execute("UPDATE events SET time = '2026-01-01T10:00:00.000Z'")
        raw.execute("UPDATE calls SET created = '2026-01-01T10:00:07.500Z'")
    assert recall(broken).seconds == 7.5


def test_differences_of_configs_are_dotted_keys() -> None:
    old, new = {"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 1, "c": 3}, "e": None, "d": [1]}
    assert list(changed_keys(old, new)) == ["a.c (3, was 2)"]


def test_only_paths_below_the_workspace_move() -> None:
    content = {"data": "/a/b/mail.csv", "word": "/a/bc", "place": "/a/b", "many": ["/a/b/x", 1]}
    assert moved(content, "/a/b", "/z") == {
        "data": "/z/mail.csv",
        "word": "/a/bc",
        "place": "/z",
        "many": ["/z/x", 1],
    }


def test_equal_tasks_do_not_differ() -> None:
    agent = Agent(Steps())
    launch = Launch.of(taste_task(), agent, champion="x", attempts=0, origin=Origin())
    assert launch.differences(taste_task(), agent) == []
    assert taste_config(Path("/x")) == taste_config(Path("/x"))


def test_a_repeated_record_is_written_once(tmp_path: Path) -> None:
    with Store(tmp_path / "evo.db") as store:
        store.start_run("r", "s", "{}", 1)
        for _ in range(2):
            store.add_event("r", "generation", {"n": 1})
        store.put_score("r", "g", {"quality": 0.5})
        store.resume_run("r")
        for _ in range(3):
            store.add_event("r", "generation", {"n": 1})
        store.put_score("r", "g", {"quality": 0.5})
        store.put_score("r", "g", {"quality": 0.6})
        assert len(store.events("r")) == 3
        assert [score["quality"] for score in store.scores("r")] == [0.5, 0.6]
