"""What is bought to see whether answers change: bounded, charged, and of use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import RuleAgent, labelled, noise, taste_config, taste_reply, taste_task

from evo.gaps import GapReport
from evo.result import Result
from evo.run import run
from evo.storage import Store
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered
from genomes.errors import ConfigError


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
