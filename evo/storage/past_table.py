"""What a run that is resumed has to know of its own past."""

from __future__ import annotations

from typing import NamedTuple

from evo.storage.database import Database

_FAILED = """
SELECT response_key, count(*) AS n FROM calls
WHERE run_id = ? AND response_key IS NOT NULL AND (status = 'infra_error' OR status LIKE 'error:%')
GROUP BY response_key
"""
# A failed call without a key cannot be found again when the run is repeated, nor an answer that
# was cleared since: they count as lost.
_LOST = """
SELECT count(*) AS calls, coalesce(sum(coalesce(tokens, reserved_tokens)), 0) AS tokens,
    coalesce(sum(coalesce(money, reserved_money)), 0.0) AS money
FROM calls WHERE run_id = ? AND (status = 'reserved'
    OR response_key IS NULL AND (status = 'infra_error' OR status LIKE 'error:%')
    OR NOT (status = 'infra_error' OR status LIKE 'error:%')
        AND response_key NOT IN (SELECT key FROM responses))
"""
_MADE = "SELECT count(*) AS n FROM calls WHERE run_id = ?"
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

    def failed_tries(self, run_id: str) -> dict[str, int]:
        """Response key to the tries of this run that failed; each was charged."""
        return {row["response_key"]: row["n"] for row in self._read(_FAILED, (run_id,))}

    def lost_calls(self, run_id: str) -> Lost:
        """Calls in flight at kills, and those whose answers were cleared since.

        Whether the first were billed is unknown, so they count; the others will be bought again.
        """
        (row,) = self._read(_LOST, (run_id,))
        return Lost(row["calls"], row["tokens"], row["money"])

    def calls_made(self, run_id: str) -> int:
        """Calls that a run has made, retries and lost ones included."""
        return int(self._read(_MADE, (run_id,))[0]["n"])

    def signs_of_life(self, run_id: str) -> list[str]:
        """When the run did anything: ISO times of its calls and events, in order."""
        return [row["time"] for row in self._read(_SIGNS, (run_id, run_id))]
