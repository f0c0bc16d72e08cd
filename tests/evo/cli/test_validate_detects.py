"""``validate`` says of every suite what it can detect, free of calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from support import taste_suite

from evo.gate import GateConfig, preflight
from evo.gate.detectable import suite_outlooks
from fitness.suites import Suite

Cli = Callable[..., object]


def test_each_suite_says_what_it_detects(cli: Cli, workspace: Path) -> None:
    done = cli("validate")
    assert done.code == 0, done.err
    assert "Smallest true difference" in done.out
    rows = json.loads(cli("validate", "--json").out)["suites"]
    finds = {row["role"]: row["detects"]["finds"] for row in rows}
    assert finds == {"search": None, "gate": "gain", "audit": "difference"}
    gate = next(row for row in rows if row["role"] == "gate")
    assert gate["detects"]["test"] == "sign"
    assert gate["detects"]["n"] == gate["detects"]["units"] <= gate["examples"]


def _suites() -> tuple[Suite, ...]:
    return (
        taste_suite("taste", "search", 40),
        taste_suite("taste", "gate", 600),
        taste_suite("other", "regression", 200),
        Suite("soft", "regression", "other", taste_suite("other", "regression", 80).examples[:80],
              scorer="margin", independent=False),
        taste_suite("taste", "audit", 100),
    )  # fmt: skip


def test_losses_of_regression_suites_by_their_own_test() -> None:
    suites, config = _suites(), GateConfig(n=300)
    outlook = preflight(config, suites, [], domain="taste", lineage="l")
    search, gate, hard, soft, audit = suite_outlooks(config, suites, outlook, "taste")
    assert (search.finds, search.detectable) == (None, ())
    assert gate.detectable == outlook.detectable
    assert (hard.finds, hard.test, hard.alpha, hard.n) == ("loss", "sign", 0.05, 200)
    assert 0.06 < (hard.detectable[0].difference or 0) < 0.11
    assert 0.03 < (hard.margin or 0) < 0.05
    assert (soft.test, soft.units, soft.margin) == ("eprocess", 80, None)
    assert (audit.finds, audit.alpha) == ("difference", 0.025)
    assert (audit.detectable[0].difference or 1) > (hard.detectable[0].difference or 0)
    few = suite_outlooks(GateConfig(n=300, regression_n=50), suites, outlook, "taste")[2]
    assert few.n == 50
    assert (few.detectable[0].difference or 1) > (hard.detectable[0].difference or 0)
