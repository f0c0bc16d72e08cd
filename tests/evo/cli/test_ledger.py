"""``runs show`` splits what was spent; what is unknown is called so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.storage import Store

Cli = Callable[..., object]


@pytest.fixture
def spent(folder: Path) -> Path:
    with Store(folder / "runs" / "evo.db") as store:
        store.start_run("r1", "mail", json.dumps({"name": "mail"}), 1)
        for purpose, operator, money, status in (
            ("search", "swap", 0.25, "ok"),
            ("search", "swap", 0.25, "infra_error"),
            ("search", "cross", 0.5, "ok"),
            ("proposals", "reflect", None, "ok"),
            ("gate", None, 0.5, "ok"),
        ):
            call = store.reserve_call("r1", purpose, operator, 100, money)
            failed = status != "ok"
            store.settle_call(call, None if failed else 40, money, 2.0, status)
    return folder


def test_by_purpose_and_operator_as_json(cli: Cli, spent: Path) -> None:
    rows = json.loads(cli("runs", "show", "--json").out)["spend"]
    found = {(row["purpose"], row["operator"]): row for row in rows}
    assert found["search", "swap"] == {
        "purpose": "search", "operator": "swap", "calls": 2, "tokens": 140, "money": 0.5,
        "seconds": 4.0, "failed": 1,
    }  # fmt: skip
    assert found["proposals", "reflect"]["money"] is None
    assert found["gate", None]["failed"] == 0


def test_the_table_says_unknown_and_never_nothing(cli: Cli, spent: Path) -> None:
    lines = cli("runs", "show").out.splitlines()
    proposals = next(line for line in lines if line.split()[:2] == ["proposals", "reflect"])
    assert "unknown" in proposals
    total = next(line for line in lines if line.split()[:2] == ["all", "all"])
    assert total.split()[2:] == ["5", "1", "260", "unknown", "10"]
    search = next(line for line in lines if line.split()[:2] == ["search", "all"])
    assert search.split()[2:] == ["3", "1", "180", "$1.00", "6"]
