"""Runs and what they leave behind: events, proposals, scores, states."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from evo.storage.database import Database
from evo.storage.lookup import unique_match
from genomes.errors import ConfigError
from genomes.hashing import canonical_json

_RUNS = """
SELECT id, name, config AS config_json, seed, status, summary, started, finished
FROM runs ORDER BY seq
"""


class RunTable(Database):
    """One row a run, and its records in the order in which they came."""

    def start_run(self, run_id: str, name: str, config_json: str, seed: int) -> None:
        """Registers a run with its resolved config.

        Raises:
            ConfigError: The id is taken.
        """
        try:
            self._write(
                "INSERT INTO runs (id, name, config, seed) VALUES (?, ?, ?, ?)",
                (run_id, name, config_json, seed),
            )
        except sqlite3.IntegrityError as error:
            raise ConfigError(f"run {run_id!r} exists", remedy="choose another name") from error

    def finish_run(self, run_id: str, status: str, summary: Mapping[str, Any]) -> None:
        """Closes a run with its last status (``done``, ``budget``, ``interrupted``, ...)."""
        self._write(
            "UPDATE runs SET status = ?, summary = ?,"
            " finished = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = ?",
            (status, canonical_json(summary), self.run(run_id)["id"]),
        )

    def runs(self) -> list[dict[str, Any]]:
        """All runs, oldest first.

        Keys: ``id``, ``name``, ``config_json``, ``seed``, ``status`` (``running`` until
        finished), ``summary`` (``None`` until finished), ``started``, ``finished``.
        """
        return [_run(row) for row in self._read(_RUNS)]

    def run(self, run_id: str) -> dict[str, Any]:
        """One run by id, unique beginning of an id, or ``latest``.

        Raises:
            ConfigError: No run or several runs fit.
        """
        rows = {row["id"]: row for row in self._read(_RUNS)}
        if run_id == "latest" and rows:
            return _run(list(rows.values())[-1])
        return _run(rows[unique_match("run", run_id, list(rows))])

    def add_event(self, run_id: str, kind: str, payload: Any) -> int:
        """Appends an event (JSON content) and returns its number."""
        cursor = self._write(
            "INSERT INTO events (run_id, kind, payload) VALUES (?, ?, ?)",
            (run_id, kind, canonical_json(payload)),
        )
        return int(cursor.lastrowid or 0)

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """A run's events in order: ``seq``, ``time``, ``kind``, ``payload``."""
        rows = self._read(
            "SELECT seq, time, kind, payload FROM events WHERE run_id = ? ORDER BY seq", (run_id,)
        )
        return [{**dict(row), "payload": json.loads(row["payload"])} for row in rows]

    def put_proposal(self, run_id: str, record: Mapping[str, Any]) -> None:
        """Appends a proposal (JSON content)."""
        self._write(
            "INSERT INTO proposals (run_id, record) VALUES (?, ?)",
            (run_id, canonical_json(record)),
        )

    def proposals(self, run_id: str) -> list[dict[str, Any]]:
        """The records of ``put_proposal`` in order."""
        rows = self._read("SELECT record FROM proposals WHERE run_id = ? ORDER BY seq", (run_id,))
        return [json.loads(row["record"]) for row in rows]

    def put_score(self, run_id: str, genome_id: str, payload: Mapping[str, Any]) -> None:
        """Appends what is known of a genome at this moment; a genome may come many times."""
        self._write(
            "INSERT INTO scores (run_id, genome_id, payload) VALUES (?, ?, ?)",
            (run_id, genome_id, canonical_json(payload)),
        )

    def scores(self, run_id: str) -> list[dict[str, Any]]:
        """The payloads of ``put_score`` in order, each with its ``genome_id``."""
        rows = self._read(
            "SELECT genome_id, payload FROM scores WHERE run_id = ? ORDER BY seq", (run_id,)
        )
        return [{**json.loads(row["payload"]), "genome_id": row["genome_id"]} for row in rows]

    def put_state(self, run_id: str, name: str, payload: Any) -> None:
        """Keeps one named piece of state (JSON content), replacing the last."""
        self._write(
            "INSERT OR REPLACE INTO states (run_id, name, payload) VALUES (?, ?, ?)",
            (run_id, name, canonical_json(payload)),
        )

    def get_state(self, run_id: str, name: str) -> Any:
        """The content of ``put_state``; ``None`` if there is none."""
        rows = self._read(
            "SELECT payload FROM states WHERE run_id = ? AND name = ?", (run_id, name)
        )
        return json.loads(rows[0]["payload"]) if rows else None


def _run(row: sqlite3.Row) -> dict[str, Any]:
    summary = row["summary"]
    return {**dict(row), "summary": None if summary is None else json.loads(summary)}
