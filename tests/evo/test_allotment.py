"""A budget in tokens or money is divided before the first call; no part may come out empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import taste_config, taste_task

from evo.allotment import allot, audit_share
from evo.gate import preflight
from evo.gate.attempts import lineage_of
from genomes.errors import BudgetError


def _allot(folder: Path, **sets: object) -> object:
    task, config = taste_task(), taste_config(folder, **sets)
    outlook = preflight(config.gate, task.suites, [], domain=task.domain, lineage=lineage_of(task))
    return allot(config, task, outlook)


@pytest.mark.parametrize(("limit", "name"), [("budget.tokens", "tokens"), ("budget.usd", "usd")])
def test_a_share_that_leaves_the_audit_nothing_is_refused(
    tmp_path: Path, limit: str, name: str
) -> None:
    with pytest.raises(BudgetError, match=rf"nothing of budget\.{name}") as refused:
        _allot(tmp_path, **{"search.share": 1.0, limit: 100_000})
    assert refused.value.where == "search.share"
    assert "lower search.share" in (refused.value.remedy or "")
    _allot(tmp_path, **{"search.share": 0.7, limit: 100_000})


def test_calls_are_planned_for_the_audit_whatever_the_share(tmp_path: Path) -> None:
    parts = _allot(tmp_path, **{"search.share": 1.0})
    assert parts.audit > 0  # type: ignore[attr-defined]


def test_the_parts_of_tokens_and_money_add_up(tmp_path: Path) -> None:
    config = taste_config(tmp_path, **{"search.share": 0.7, "budget.tokens": 900, "budget.usd": 3})
    audit = audit_share(config, 10)
    assert (audit.calls, audit.tokens) == (10, 90)
    assert audit.money == pytest.approx(0.3)
