"""One SQLite connection with its lock; all tables stand on it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database as SchemaDatabase

from evo.storage.migrations import migrate
from genomes.errors import StoreError

_WAITING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # A commit survives the death of the process; only a power cut may lose the last ones.
    "PRAGMA synchronous = NORMAL",
)


class Database:
    """Opens, upgrades and guards the file.

    Thread-safe by a lock; several processes may share a file, writers wait for each other.

    Args:
        path: The file; missing folders are made.
        timeout: Seconds to wait for another writer.

    Raises:
        StoreError: The file is locked, damaged, unreadable or of a newer schema.
    """

    def __init__(self, path: Path | str, *, timeout: float = 5.0) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        with self._translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Transactions are opened by hand, so that each is a BEGIN IMMEDIATE.
            self._connection = sqlite3.connect(
                self.path, timeout=timeout, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Closes the file; the store cannot be used afterwards."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        with self._translated():
            for pragma in _PRAGMAS:
                self._connection.execute(pragma)
            migrate(SchemaDatabase(self._connection), where=str(self.path))

    def _read(self, sql: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
        with self._lock, self._translated():
            return self._connection.execute(sql, parameters).fetchall()

    def _write(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """One statement; a transaction of its own unless one is open."""
        with self._lock, self._translated():
            return self._connection.execute(sql, parameters)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise  # a broken uniqueness has a meaning that only the caller knows
        except (sqlite3.Error, OSError) as error:
            raise self._store_error(error) from error

    def _store_error(self, error: Exception) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _WAITING:
            return StoreError(
                "the store is locked by another process",
                where=str(self.path),
                remedy="wait for the other evogate run to write, or stop it, and try again",
            )
        if code == sqlite3.SQLITE_FULL:
            return StoreError(
                "the disk is full; what was stored before is kept",
                where=str(self.path),
                remedy="make room, then go on with: evogate run --resume",
            )
        return StoreError(
            f"the store cannot be used: {error}",
            where=str(self.path),
            remedy="check the path and its permissions; move a damaged file away to start anew",
        )
