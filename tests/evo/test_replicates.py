"""What is bought to see whether answers change: bounded, charged, and of use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import RuleAgent, labelled, noise, taste_config, taste_reply, taste_task

from evo.ask_again import ask_again
from evo.champion import Registry
from evo.gaps import GapReport
from evo.pages import write_report
from evo.result import Result
from evo.resume import recall
from evo.run import run
from evo.storage import Store
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered
from genomes.errors import BudgetError, ConfigError


class Wavering:
    """Right on good examples; on bad ones it is a toss-up each time that it is asked."""

    fingerprint = "wavering"
    stateless = False
    price = (0.0, 0.0)

    def __init__(self) -> None:
        self.asked = 0

    def run(self, rendered: Rendered, example: Example) -> Response:
        self.asked += 1
        if example.target == "good" or noise(example.id, str(self.asked)) > 0:
            right = 3.0 if example.target == "good" else -3.0
            return labelled(right, -right)
        return labelled(3.0, -3.0)


def _run(workspace: Path, agent: Any, **sets: object) -> Result:
    config = taste_config(workspace, **{"search.gate_attempts": 0, **sets})
    return run(config, task=taste_task(), agent=agent)


def _kept(workspace: Path, result: Result) -> tuple[GapReport, Any, list[str]]:
    with Store(workspace / "runs" / "evo.db") as store:
        report = GapReport.model_validate(store.get_state(result.run_id, "gaps"))
        told = [e["payload"]["what"] for e in store.events(result.run_id) if e["kind"] == "warning"]
        return report, store.spent(result.run_id), told


def test_a_planted_unreliable_slice_is_found(tmp_path: Path) -> None:
    sets = {"gaps.replicates": 3, "gaps.examples": 80}
    result = _run(tmp_path, Wavering(), **sets)
    report, spent, _ = _kept(tmp_path, result)
    assert spent["replicates"]["calls"] == 3 * 80
    assert result.calls == sum(one["calls"] for one in spent.values()) <= 2400
    unreliable = {gap.slice for gap in report.gaps if gap.kind == "unreliable"}
    assert "target=bad" in unreliable


def test_without_replicates_nobody_looks_and_the_report_says_so(tmp_path: Path) -> None:
    result = _run(tmp_path, Wavering())
    report, spent, _ = _kept(tmp_path, result)
    assert "replicates" not in spent
    assert not [gap for gap in report.gaps if gap.kind == "unreliable"]
    assert "unreliable" in {kind for level in report.domains for kind, _ in level.unseen}


def test_a_fixed_agent_is_told_that_there_is_nothing_to_measure(tmp_path: Path) -> None:
    result = _run(tmp_path, RuleAgent(taste_reply), **{"gaps.replicates": 3})
    _, spent, told = _kept(tmp_path, result)
    assert "replicates" not in spent
    assert any("nothing to measure" in what for what in told)


def test_no_budget_no_replicates(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs a budget"):
        taste_config(tmp_path, **{"gaps.replicates": 1, "budget.calls": "null"})


# Outside a run ----------------------------------------------------------------------------------


def _again(workspace: Path, agent: Any, **sets: object) -> str:
    config = taste_config(
        workspace, **{"gaps.replicates": 3, "gaps.examples": 80, "budget.calls": 400, **sets}
    )
    registry = Registry(workspace / "champions" / "taste")
    if not registry.initialised:
        registry.init(taste_task().seed)
    return ask_again(config, task=taste_task(), agent=agent)


def test_replicates_are_charged_to_a_small_run_that_looks_for_gaps(tmp_path: Path) -> None:
    agent = Wavering()
    run_id = _again(tmp_path, agent)
    with Store(tmp_path / "runs" / "evo.db") as store:
        found = store.run("latest")
        assert (found["id"], found["status"]) == (run_id, "done")
        assert found["summary"]["bought"] == agent.asked == 4 * 80
        assert set(store.spent(run_id)) == {"replicates"}
        report = GapReport.model_validate(store.get_state(run_id, "gaps"))
        assert "target=bad" in {gap.slice for gap in report.gaps if gap.kind == "unreliable"}
        write_report(store, run_id, tmp_path / "report.html")
        assert store.attempts() == []
    assert Registry(tmp_path / "champions" / "taste").head().number == 1
    with pytest.raises(ConfigError, match="cannot be resumed"):
        recall(tmp_path)


def test_what_is_stored_is_not_paid_for_again(tmp_path: Path) -> None:
    first, more = Wavering(), Wavering()
    _again(tmp_path, first, **{"gaps.replicates": 1})
    _again(tmp_path, more, **{"budget.calls": 168})
    assert (first.asked, more.asked) == (160, 160)


def test_a_budget_that_is_too_small_buys_nothing(tmp_path: Path) -> None:
    agent = Wavering()
    with pytest.raises(BudgetError, match="3 replicates of 80 examples need up to 336 calls"):
        _again(tmp_path, agent, **{"budget.calls": 335})
    assert agent.asked == 0
    _again(tmp_path, agent, **{"budget.calls": 336})


def test_a_fixed_agent_starts_no_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to measure"):
        _again(tmp_path, RuleAgent(taste_reply))
    assert not (tmp_path / "runs").exists()
    with pytest.raises(ConfigError, match="no champion yet"):
        ask_again(taste_config(tmp_path / "b"), task=taste_task(), agent=Wavering())
