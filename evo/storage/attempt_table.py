"""Gate attempts. They span runs, so that the error budget of a lineage does."""

from __future__ import annotations

import sqlite3
from typing import Any

from evo.storage.database import Database
from genomes.errors import IntegrityError


class AttemptTable(Database):
    """What was registered before the first look, and what came of it."""

    def register_attempt(self, lineage: str, attempt_id: str, run_id: str, plan_json: str) -> None:
        """Spends an attempt; committed when this returns, before anything is looked at.

        Raises:
            IntegrityError: The id is taken; a plan is never replaced.
        """
        try:
            self._write(
                "INSERT INTO attempts (lineage, attempt_id, run_id, plan) VALUES (?, ?, ?, ?)",
                (lineage, attempt_id, run_id, plan_json),
            )
        except sqlite3.IntegrityError as error:
            raise IntegrityError(f"gate attempt {attempt_id!r} is already registered") from error

    def decide_attempt(self, attempt_id: str, decision_json: str) -> None:
        """Records the decision, once.

        Raises:
            IntegrityError: The attempt was never registered or is already decided.
        """
        cursor = self._write(
            "UPDATE attempts SET decision = ?, decided = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
            " WHERE attempt_id = ? AND decision IS NULL",
            (decision_json, attempt_id),
        )
        if cursor.rowcount != 1:
            raise IntegrityError(
                f"gate attempt {attempt_id!r} is not open: never registered, or already decided"
            )

    def attempts(self, lineage: str | None = None) -> list[dict[str, Any]]:
        """All attempts of a lineage, or of all lineages, oldest first.

        Keys: ``attempt_id``, ``lineage``, ``run_id``, ``plan_json``, ``decision_json``
        (``None`` if it was killed before its decision: spent all the same), ``registered``,
        ``decided``.
        """
        rows = self._read(
            "SELECT attempt_id, lineage, run_id, plan AS plan_json, decision AS decision_json,"
            " registered, decided FROM attempts WHERE ? IS NULL OR lineage = ? ORDER BY seq",
            (lineage, lineage),
        )
        return [dict(row) for row in rows]
