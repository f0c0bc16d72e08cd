"""Decisions of the gate out of a workspace's ledger, ready to be read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evo.gate.attempts import history
from evo.gate.config import GateConfig
from evo.gate.explain import Explanation, explain
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from evo.storage import Store

_LEAST = 4
"""Characters of a genome's id that name it."""


def explained(store: Store, attempt_id: str) -> Explanation:
    """One attempt, with the error budget as it stood when it had ended.

    Args:
        store: The workspace store.
        attempt_id: Its full id.
    """
    rows = store.attempts()
    index = [row["attempt_id"] for row in rows].index(attempt_id)
    return explain(rows[index], history(store, index + 1), _config(store, rows[index]["run_id"]))


def _config(store: Store, run_id: str) -> GateConfig:
    """What the error budget was shared by; defaults where an older run did not keep it."""
    found = next((run for run in store.runs() if run["id"] == run_id), None)
    kept = json.loads(found["config_json"]).get("gate", {}) if found else {}
    return GateConfig.model_validate(
        {name: kept[name] for name in ("alpha", "attempts_budget") if name in kept}
    )


def find_attempt(store: Store, word: str | None) -> str:
    """The id of the attempt that is meant.

    Args:
        store: The workspace store.
        word: Its id or the beginning of it, or of its candidate's id (then the latest);
            ``None`` or ``latest`` for the latest attempt of the latest run.

    Raises:
        ConfigError: There is none, or several begin so.
    """
    from evo.storage.lookup import unique_match

    rows = store.attempts()
    if word is None or word == "latest":
        return _latest(store, rows)
    about = [row["attempt_id"] for row in rows if len(word) >= _LEAST and _is_about(row, word)]
    if about and not any(row["attempt_id"].startswith(word) for row in rows):
        return str(about[-1])
    return unique_match("attempt", word, [row["attempt_id"] for row in rows])


def _is_about(row: Mapping[str, Any], word: str) -> bool:
    return str(json.loads(row["plan_json"])["candidate_id"]).startswith(word)


def _latest(store: Store, rows: Sequence[Mapping[str, Any]]) -> str:
    run = store.run("latest")["id"]
    own = [row["attempt_id"] for row in rows if row["run_id"] == run]
    if own:
        return str(own[-1])
    known = ", ".join(row["attempt_id"] for row in rows[-5:])
    raise ConfigError(
        f"run {run} made no attempt at the gate",
        remedy=f"name one of an earlier run: {known}" if known else "see: evogate gate plan",
    )
