"""Stored responses; implements ``fitness.protocols.ResponseStore``."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable

from evo.storage.calls import CallTable
from fitness.response import Response, ResponseKey
from genomes.errors import StoreError

_log = logging.getLogger(__name__)

_CHUNK = 500
# json_each keeps one prepared statement for any number of keys.
_GET = """
SELECT key, text, logprobs, prompt_tokens, completion_tokens, money, seconds, status, error,
    steps, trace
FROM responses WHERE key IN (SELECT value FROM json_each(?))
"""
_PAID = """
SELECT key, text, logprobs, prompt_tokens, completion_tokens, money, seconds, status, error,
    steps, trace
FROM responses WHERE status != 'infra_error' AND key IN (
    SELECT response_key FROM calls WHERE run_id = ? AND id <= ?)
"""
# An infrastructure error is no answer, so a later answer may take its place. Nothing else may.
_PUT = """
INSERT INTO responses (
    key, call_hash, inputs_hash, fingerprint, replicate,
    text, logprobs, prompt_tokens, completion_tokens, money, seconds, status, error, steps,
    trace
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    text = excluded.text, logprobs = excluded.logprobs,
    prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
    money = excluded.money, seconds = excluded.seconds, status = excluded.status,
    error = excluded.error, steps = excluded.steps, trace = excluded.trace
WHERE responses.status = 'infra_error'
"""


class ResponseTable(CallTable):
    """Each response once; what was paid for is never overwritten."""

    def get_many(self, keys: Iterable[ResponseKey]) -> dict[str, Response]:
        """The stored responses by ``ResponseKey.hash``; absent keys are left out.

        Raises:
            StoreError: A row is damaged.
        """
        hashes = [key.hash for key in keys]
        found: dict[str, Response] = {}
        for start in range(0, len(hashes), _CHUNK):
            rows = self._read(_GET, (json.dumps(hashes[start : start + _CHUNK]),))
            found.update((row["key"], self._response(row)) for row in rows)
        return found

    def paid_for(self, run_id: str, before: int) -> dict[str, Response]:
        """Answers that a run has bought up to this row of the ledger, by ``ResponseKey.hash``."""
        return {row["key"]: self._response(row) for row in self._read(_PAID, (run_id, before))}

    def put(self, key: ResponseKey, response: Response, *, call_id: int | None) -> None:
        """Stores a response and settles its reservation, both or neither.

        The first answer under a key stays: a second one is only charged, its call gets the
        status ``duplicate``, and a warning is logged. A stored ``infra_error`` is replaced.

        Raises:
            StoreError: ``call_id`` was never reserved.
        """
        with self._transaction():
            kept = self._write(_PUT, _row(key, response)).rowcount == 0
            if call_id is not None:
                status = "duplicate" if kept else response.status
                self._settle(
                    call_id, key.hash, _tokens(response), response.money, response.seconds, status
                )
        if kept:
            _log.warning("response %s was stored before; the first one stays", key.hash[:12])

    def count_responses(self) -> int:
        """How many responses are stored."""
        return int(self._read("SELECT count(*) AS n FROM responses")[0]["n"])

    def forget_responses(self) -> int:
        """Removes all responses, makes the file small again and gives their number.

        The ledger stays: what was spent was spent.
        """
        removed = self._write("DELETE FROM responses").rowcount
        self._write("VACUUM")
        return removed

    def _response(self, row: sqlite3.Row) -> Response:
        try:
            logprobs = _logprobs(row["logprobs"])
            trace = tuple(map(str, json.loads(row["trace"] or "[]")))
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"response {row['key'][:12]} is damaged: {error}", where=str(self.path)
            ) from error
        return Response(
            text=row["text"],
            logprobs=logprobs,
            prompt_tokens=row["prompt_tokens"],
            completion_tokens=row["completion_tokens"],
            money=row["money"],
            seconds=row["seconds"],
            status=row["status"],
            error=row["error"],
            steps=row["steps"],
            trace=trace,
        )


def _row(key: ResponseKey, response: Response) -> tuple[object, ...]:
    return (
        key.hash,
        key.call_hash,
        key.inputs_hash,
        key.fingerprint,
        key.replicate,
        response.text,
        None if response.logprobs is None else json.dumps(response.logprobs, ensure_ascii=False),
        response.prompt_tokens,
        response.completion_tokens,
        response.money,
        response.seconds,
        response.status,
        response.error,
        response.steps,
        json.dumps(response.trace, ensure_ascii=False) if response.trace else None,
    )


def _logprobs(text: str | None) -> tuple[tuple[str, float], ...] | None:
    if text is None:
        return None
    return tuple((token, float(value)) for token, value in json.loads(text))


def _tokens(response: Response) -> int | None:
    if response.prompt_tokens is None or response.completion_tokens is None:
        return None
    return response.prompt_tokens + response.completion_tokens
