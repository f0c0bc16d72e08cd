"""What a run that is resumed has to know of its own past."""

from __future__ import annotations

from typing import NamedTuple

from evo.storage.database import Database

_FAILED = """
SELECT response_key, count(*) AS n FROM calls
WHERE run_id = ? AND id > ? AND response_key IS NOT NULL
    AND (status = 'infra_error' OR status LIKE 'error:%')
GROUP BY response_key
"""
# A failed call without a key cannot be found again when the run is repeated, nor an answer that
# was cleared since: they count as lost.
_LOST = """
SELECT count(*) AS calls, coalesce(sum(coalesce(tokens, reserved_tokens)), 0) AS tokens,
    coalesce(sum(coalesce(money, reserved_money)), 0.0) AS money
FROM calls WHERE run_id = ? AND (id <= ? OR status = 'reserved'
    OR response_key IS NULL AND (status = 'infra_error' OR status LIKE 'error:%')
    OR NOT (status = 'infra_error' OR status LIKE 'error:%')
        AND response_key NOT IN (SELECT key FROM responses))
"""
_LAST = "SELECT coalesce(max(id), 0) AS id FROM calls WHERE run_id = ?"
_MADE = "SELECT count(*) AS n FROM calls WHERE run_id = ?"
_MISSING = """
SELECT count(DISTINCT response_key) AS n FROM calls
WHERE run_id = ? AND (status = 'infra_error' OR status LIKE 'error:%')
    AND response_key NOT IN (SELECT key FROM responses WHERE status != 'infra_error')
"""
_SIGNS = """
SELECT created AS time FROM calls WHERE run_id = ?
UNION ALL SELECT time FROM events WHERE run_id = ? ORDER BY time
"""


class Lost(NamedTuple):
    """What was paid for and has no answer that a repeated run could find.

    Attributes:
        calls: Number of calls.
        tokens: At most so many.
        money: At most so much, USD.
    """

    calls: int
    tokens: int
    money: float


class PastTable(Database):
    """Questions about the ledger of one run; they change nothing."""

    def failed_tries(self, run_id: str, before: int = 0) -> dict[str, int]:
        """Response key to the tries of this run that failed; each was charged.

        Args:
            run_id: The run.
            before: Only calls behind this row of the ledger.
        """
        rows = self._read(_FAILED, (run_id, before))
        return {row["response_key"]: row["n"] for row in rows}

    def lost_calls(self, run_id: str, before: int = 0) -> Lost:
        """Calls in flight at kills, and those whose answers were cleared since.

        Whether the first were billed is unknown, so they count; the others will be bought again.

        Args:
            run_id: The run.
            before: All calls up to this row of the ledger count, answered or not.
        """
        (row,) = self._read(_LOST, (run_id, before))
        return Lost(row["calls"], row["tokens"], row["money"])

    def missing_responses(self, run_id: str) -> int:
        """Responses that a run has asked for and nobody has got since."""
        return int(self._read(_MISSING, (run_id,))[0]["n"])

    def last_call(self, run_id: str) -> int:
        """Last row of the ledger that is the run's; 0 without one."""
        return int(self._read(_LAST, (run_id,))[0]["id"])

    def calls_made(self, run_id: str) -> int:
        """Calls that a run has made, retries and lost ones included."""
        return int(self._read(_MADE, (run_id,))[0]["n"])

    def signs_of_life(self, run_id: str) -> list[str]:
        """When the run did anything: ISO times of its calls and events, in order."""
        return [row["time"] for row in self._read(_SIGNS, (run_id, run_id))]
