"""Gaps of each agent and what happened to them. They span runs: a gap outlives what found it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evo.storage.database import Database
from genomes.hashing import canonical_json

_EVENT = """
INSERT OR IGNORE INTO gap_events (agent, gap_id, run_id, kind, evidence) VALUES (?, ?, ?, ?, ?)
"""
_GAP = """
INSERT INTO gaps (agent, id, state, record) VALUES (?, ?, ?, ?)
ON CONFLICT (agent, id) DO UPDATE SET
    state = excluded.state, record = excluded.record,
    changed = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
"""


class GapTable(Database):
    """One row a gap with its present state, and one row each thing that happened to it."""

    def put_gap(
        self,
        agent: str,
        gap_id: str,
        run_id: str,
        *,
        state: str,
        record: Mapping[str, Any],
        event: str,
        evidence: Mapping[str, Any],
    ) -> bool:
        """Sets a gap's state and says why, both or neither.

        An event of one kind happens to a gap once a run: said again, nothing is written, so a
        run that was killed and resumed tells no story twice.

        Args:
            agent: Name of the agent.
            gap_id: Which gap.
            run_id: The run in which it happened.
            state: The state from now on.
            record: The gap as it was seen last (JSON content).
            event: What happened, e.g. ``open``, ``seen``, ``closed``.
            evidence: The figures (JSON content).

        Returns:
            Whether it was news.
        """
        content = (agent, gap_id, run_id, event, canonical_json(evidence))
        with self._transaction():
            new = self._write(_EVENT, content).rowcount == 1
            if new:
                self._write(_GAP, (agent, gap_id, state, canonical_json(record)))
        return new

    def gaps(self, agent: str) -> list[dict[str, Any]]:
        """All gaps of an agent, in the order in which they were first seen.

        Keys: ``id``, ``state``, ``record``, ``opened``, ``changed``.
        """
        rows = self._read(
            "SELECT id, state, record, opened, changed FROM gaps WHERE agent = ? ORDER BY rowid",
            (agent,),
        )
        return [{**dict(row), "record": json.loads(row["record"])} for row in rows]

    def gap_events(self, agent: str) -> list[dict[str, Any]]:
        """What happened to the gaps of an agent, oldest first.

        Keys: ``gap_id``, ``run_id``, ``kind``, ``evidence``, ``time``.
        """
        rows = self._read(
            "SELECT gap_id, run_id, kind, evidence, time FROM gap_events"
            " WHERE agent = ? ORDER BY seq",
            (agent,),
        )
        return [{**dict(row), "evidence": json.loads(row["evidence"])} for row in rows]
