"""The ledger: one row a call, written before the call is made."""

from __future__ import annotations

import sqlite3
from typing import TypedDict

from evo.storage.database import Database
from genomes.errors import StoreError


class Spend(TypedDict):
    """What one purpose has used up; a call in flight counts at its reserved upper bound.

    Attributes:
        calls: Calls made or reserved.
        tokens: Prompt and completion tokens; ``None`` if any call's bound is unknown.
        money: USD; ``None`` if any call's price is unknown.
        seconds: Wall time of the settled calls.
        failed: Calls that gave no answer; what they used is unknown, so they count at their bound.
    """

    calls: int
    tokens: int | None
    money: float | None
    seconds: float
    failed: int


class CallTable(Database):
    """Reservations and their settlement."""

    def reserve_call(
        self,
        run_id: str,
        purpose: str,
        operator: str | None,
        tokens: int | None,
        money: float | None,
        key: str | None = None,
    ) -> int:
        """Charges a call before it is made; committed when this returns.

        Args:
            run_id: The run that pays.
            purpose: What for, e.g. ``search``, ``gate``, ``audit``, ``proposals``.
            operator: The operator whose child is measured, if any.
            tokens: Upper bound; ``None`` if unknown.
            money: Upper bound in USD; ``None`` if the price is unknown.
            key: Hash of the response that is wanted; kept if the call fails, so that a resumed
                run knows how often it was tried.

        Returns:
            The id to settle it by.
        """
        cursor = self._write(
            "INSERT INTO calls"
            " (run_id, purpose, operator, reserved_tokens, reserved_money, response_key)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (run_id, purpose, operator, tokens, money, key),
        )
        if cursor.lastrowid is None:
            raise StoreError("a reservation was not written", where=str(self.path))
        return cursor.lastrowid

    def settle_call(
        self,
        call_id: int,
        tokens: int | None,
        money: float | None,
        seconds: float,
        status: str,
    ) -> None:
        """Replaces the upper bounds by what was used; unknown amounts keep their bound.

        Raises:
            StoreError: There is no such reservation.
        """
        self._settle(call_id, None, tokens, money, seconds, status)

    def spent(self, run_id: str) -> dict[str, Spend]:
        """What a run has used, by purpose; purposes without calls are absent."""
        rows = self._spent("purpose", run_id)
        return {row["purpose"]: _spend(row) for row in rows}

    def spent_on(self, run_id: str) -> dict[tuple[str, str | None], Spend]:
        """What a run has used, by purpose and operator (``None`` where no child is measured)."""
        rows = self._spent("purpose, operator", run_id)
        return {(row["purpose"], row["operator"]): _spend(row) for row in rows}

    def _spent(self, columns: str, run_id: str) -> list[sqlite3.Row]:
        return self._read(
            f"SELECT {columns}, count(*) AS calls, sum(seconds) AS seconds,"  # noqa: S608 (ours)
            " count(coalesce(tokens, reserved_tokens)) AS with_tokens,"
            " sum(coalesce(tokens, reserved_tokens)) AS tokens,"
            " count(coalesce(money, reserved_money)) AS with_money,"
            " sum(coalesce(money, reserved_money)) AS money,"
            " sum(status = 'infra_error' OR status LIKE 'error%') AS failed"
            f" FROM calls WHERE run_id = ? GROUP BY {columns} ORDER BY min(id)",
            (run_id,),
        )

    def _settle(
        self,
        call_id: int,
        response_key: str | None,
        tokens: int | None,
        money: float | None,
        seconds: float,
        status: str,
    ) -> None:
        cursor = self._write(
            "UPDATE calls SET response_key = coalesce(?, response_key), tokens = ?, money = ?,"
            " seconds = ?, status = ? WHERE id = ?",
            (response_key, tokens, money, seconds, status, call_id),
        )
        if cursor.rowcount != 1:
            raise StoreError(f"call {call_id} was never reserved", where=str(self.path))


def _spend(row: sqlite3.Row) -> Spend:
    return Spend(
        calls=row["calls"],
        tokens=row["tokens"] if row["with_tokens"] == row["calls"] else None,
        money=row["money"] if row["with_money"] == row["calls"] else None,
        seconds=row["seconds"],
        failed=row["failed"],
    )
