"""Runs and what they leave behind: events, proposals, scores, states."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
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
    """One row a run, and its records in the order in which they came.

    A resumed run tells its story from the beginning: after ``resume_run`` a record that this
    run has written before is not written again.
    """

    _told: tuple[str, Counter[str]] | None = None

    def start_run(
        self, run_id: str, name: str, config_json: str, seed: int, launch: Any = None
    ) -> None:
        """Registers a run with its resolved config, and what it starts from in the same step.

        Args:
            run_id: Id of the run.
            name: Name of the agent.
            config_json: Resolved config.
            seed: Seed of every random stream.
            launch: JSON content, kept as the state ``launch``; a run without it cannot be
                resumed.

        Raises:
            ConfigError: The id is taken.
        """
        try:
            with self._transaction():
                self._write(
                    "INSERT INTO runs (id, name, config, seed) VALUES (?, ?, ?, ?)",
                    (run_id, name, config_json, seed),
                )
                if launch is not None:
                    self.put_state(run_id, "launch", launch)
        except sqlite3.IntegrityError as error:
            raise ConfigError(f"run {run_id!r} exists", remedy="choose another name") from error

    def resume_run(self, run_id: str) -> None:
        """Opens a run again, to be repeated from its beginning."""
        self._write(
            "UPDATE runs SET status = 'running', summary = NULL, finished = NULL WHERE id = ?",
            (run_id,),
        )
        lines = [
            *(_line(event["kind"], event["payload"]) for event in self.events(run_id)),
            *(_line("proposal", record) for record in self.proposals(run_id)),
            *(_line("score", record) for record in self.scores(run_id)),
        ]
        self._told = (run_id, Counter(lines))

    def change_run(self, run_id: str, config_json: str, seed: int, launch: Any) -> None:
        """Gives a run that did not reach its end another start.

        Its events stay; scores, proposals and gaps go, because they speak of other data.

        Args:
            run_id: Id of the run.
            config_json: Resolved config from now on.
            seed: Seed from now on.
            launch: What it starts from now (JSON content).
        """
        with self._transaction():
            self._write(
                "UPDATE runs SET config = ?, seed = ? WHERE id = ?", (config_json, seed, run_id)
            )
            self._write("DELETE FROM scores WHERE run_id = ?", (run_id,))
            self._write("DELETE FROM proposals WHERE run_id = ?", (run_id,))
            self._write("DELETE FROM states WHERE run_id = ? AND name = 'gaps'", (run_id,))
            self.put_state(run_id, "launch", launch)

    def _is_told(self, run_id: str, kind: str, content: Any) -> bool:
        """Whether a repeated run has written this record before; each is met once."""
        if self._told is None or self._told[0] != run_id:
            return False
        line = _line(kind, content)
        known = self._told[1][line] > 0
        self._told[1][line] -= known
        return known

    def finish_run(self, run_id: str, status: str, summary: Mapping[str, Any]) -> None:
        """Closes a run with its last status: ``done``, ``interrupted`` or ``failed``."""
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
        """Appends an event (JSON content) and returns its number; 0 if it was told before."""
        if self._is_told(run_id, kind, payload):
            return 0
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
        if self._is_told(run_id, "proposal", record):
            return
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
        if self._is_told(run_id, "score", {**payload, "genome_id": genome_id}):
            return
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


def _line(kind: str, content: Any) -> str:
    return f"{kind} {canonical_json(content)}"


def _run(row: sqlite3.Row) -> dict[str, Any]:
    summary = row["summary"]
    return {**dict(row), "summary": None if summary is None else json.loads(summary)}
