"""Objectives, limits and scorers over a whole run: no model, no network.

J1 a scorer that rewards junk ends the run before the first call, and opens no run
J2 what breaks a limit is no finalist, no candidate and never in force
J3 an answer that was paid for is never lost to a broken scorer
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support import RuleAgent, labelled, taste_config, taste_reply, taste_task

from evo.checks import check_scorers
from evo.config import Config, load_config, resolve
from evo.events import Event
from evo.objectives import objectives_of, with_scorers
from evo.run import run
from evo.storage import Store
from evo.task import Task
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered, render
from genomes.errors import ConfigError, DataError

_OWN = """
from pathlib import Path
def generous(answer, target): return 1.0
def fragile(answer, target):
    if answer == "good" and Path("broken").exists():
        raise KeyError(answer)
    return float(answer == target)
def brief(answer, target): return 1.0 / (1 + len(answer or ""))
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_run_scorers.py").write_text(_OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)


def _config(workspace: Path, *sets: str) -> Config:
    return taste_config(workspace).model_copy(
        update={
            key: getattr(resolve({"name": "x", "task": "y"}, folder=workspace, sets=sets), key)
            for key in ("objectives", "anchors", "junk")
        }
    )


def _scored(scorer: str) -> Task:
    task = taste_task()
    return replace(task, suites=tuple(replace(s, scorer=scorer) for s in task.suites))


def test_a_scorer_that_rewards_junk_ends_the_run_before_the_first_call(tmp_path: Path) -> None:
    agent, task = RuleAgent(taste_reply), _scored("own_run_scorers:generous")
    with pytest.raises(DataError, match="rewards the empty answer"):
        run(_config(tmp_path), task=task, agent=agent)
    assert agent.asked == []  # J1
    assert not (tmp_path / "runs").exists()
    warned = check_scorers(_config(tmp_path, "junk=warn"), task)
    assert any(finding.level == "error" for finding in warned)


def test_an_anchor_may_stand_in_the_config_or_in_a_file(tmp_path: Path) -> None:
    anchors = [{"output": "good", "verdict": "pass", "target": "bad"}]
    (tmp_path / "anchors.yaml").write_text(yaml.safe_dump(anchors))
    for given in (f"anchors={json.dumps(anchors)}", "anchors=anchors.yaml"):
        with pytest.raises(DataError, match="contradicts an anchor: 'good' must pass"):
            check_scorers(_config(tmp_path, given), taste_task())


def test_a_limit_keeps_long_prompts_out_of_force(tmp_path: Path) -> None:
    seed = taste_task().seed
    ceiling = render(seed, "taste").length + 12
    config = _config(tmp_path, f"objectives=[{{name: length, ceiling: {ceiling}}}]")
    result = run(config, task=taste_task(), agent=RuleAgent(taste_reply))
    assert render(result.champion.genome, "taste").length <= ceiling  # J2
    assert all(entry.length <= ceiling for entry in result.front)
    plain = run(_config(tmp_path / "plain"), task=taste_task(), agent=RuleAgent(taste_reply))
    assert any(entry.length > ceiling for entry in plain.front), "else the limit shows nothing"


def test_a_limit_that_nothing_keeps_promotes_nothing_and_says_so(tmp_path: Path) -> None:
    config = _config(tmp_path, "objectives=[{name: cost, ceiling: 1}]")
    result = run(config, task=taste_task(), agent=RuleAgent(taste_reply))
    assert (result.status, result.decisions) == ("kept", ())
    assert "above its ceiling 1" in result.reason
    with Store(tmp_path / "runs" / "evo.db") as store:
        scores = store.scores(result.run_id)
    assert scores
    assert all(score["objectives"]["cost"] > 1 and score["broken"] for score in scores)


def test_an_objective_that_no_answer_tells_is_refused_after_the_first_look(tmp_path: Path) -> None:
    agent = RuleAgent(taste_reply)
    with pytest.raises(ConfigError, match="'steps' cannot be measured"):
        run(_config(tmp_path, "objectives=[{name: steps}]"), task=taste_task(), agent=agent)
    asked = len(agent.asked)
    assert 0 < asked <= 120
    with Store(tmp_path / "runs" / "evo.db") as store:
        assert store.spent(store.run("latest")["id"])["search"]["calls"] == asked


def test_a_scorer_that_breaks_in_mid_run_costs_no_answer(tmp_path: Path) -> None:
    agent, task = RuleAgent(taste_reply), _scored("own_run_scorers:fragile")
    (tmp_path / "broken").touch()
    with pytest.raises(DataError, match="KeyError"):
        check_scorers(_config(tmp_path), task)
    with pytest.raises(DataError, match=r"answers could not be scored; .*KeyError") as caught:
        run(_config(tmp_path, "junk=warn"), task=task, agent=agent)
    assert "stored and cost nothing more" in str(caught.value.remedy)
    asked = set(agent.asked)
    (tmp_path / "broken").unlink()
    run(_config(tmp_path), task=task, agent=agent)
    assert asked
    assert len(agent.asked) == len(set(agent.asked)), "bought twice"  # J3


@pytest.mark.parametrize(("right", "said"), [(True, "nearly everything passes"), (False, "fails")])
def test_a_task_at_its_ceiling_or_floor_is_named_after_the_first_look(
    tmp_path: Path, right: bool, said: str
) -> None:
    def sure(rendered: Rendered, example: Example) -> Response:
        return labelled(*((-0.1, -9.0) if (example.target == "good") == right else (-9.0, -0.1)))

    events: list[Event] = []
    run(_config(tmp_path), task=taste_task(), agent=RuleAgent(sure), listener=events.append)
    warnings = [event for event in events if event.kind == "warning"]
    assert len(warnings) == 1
    assert said in warnings[0].data["what"]
    assert warnings[0].data["calls"] <= 120, "said only after more was spent"


def test_further_scorers_reach_the_search_suite_alone_and_keep_shards_fresh(tmp_path: Path) -> None:
    config = _config(
        tmp_path,
        "objectives=[{name: brief, scorer: 'own_run_scorers:brief', floor: 0.1}, {name: latency}]",
    )
    task = with_scorers(taste_task(), config.objectives)
    assert [(s.role, s.domain) for s in task.suites if s.others] == [("search", "taste")]
    assert [s.hash for s in task.suites] == [s.hash for s in taste_task().suites]
    names = ["quality", "regression", "cost", "length", "brief", "latency"]
    assert [one.name for one in objectives_of(config, task)] == names
    assert check_scorers(config, task) == ()


def test_a_task_may_bring_its_own_further_scorers(tmp_path: Path) -> None:
    task = taste_task()
    first = replace(task.suites[0], others=(("overlap", "token_f1"),))
    task = replace(task, suites=(first, *task.suites[1:]))
    assert objectives_of(_config(tmp_path), task)[-1].name == "overlap"
    limited = _config(tmp_path, "objectives=[{name: overlap, scorer: token_f1, floor: 0.5}]")
    assert objectives_of(limited, task)[-1].floor == 0.5


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{name: lateness}", "unknown objective 'lateness'"),
        ("{name: cost, scorer: exact}", "cost is measured already"),
        ("{name: cost, direction: maximise}", "cost can only be minimised"),
        ("{name: quality, axis: false}", "always an axis"),
        ("{name: cost, ceiling: 1, floor: 2}", "floor 2.0 is above the ceiling 1.0"),
        ("{name: cost, ceiling: .inf}", "finite"),
        ("{name: cost}, {name: cost}", "'cost' is given twice"),
        ("{name: a, scorer: {mean: [exact], all: [exact]}}", "one name, not 2 keys"),
    ],
)
def test_an_objective_that_makes_no_sense(tmp_path: Path, entry: str, said: str) -> None:
    file = tmp_path / "evo.yaml"
    file.write_text(f"name: x\ntask: y\nobjectives: [{entry}]\n")
    with pytest.raises(ConfigError, match=said):
        load_config(file)
