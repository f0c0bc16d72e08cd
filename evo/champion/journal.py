"""The append-only, hash-chained journal: the authority on what was promoted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from evo.champion.files import append_whole
from genomes.errors import IntegrityError
from genomes.hashing import canonical_json, content_hash

GENESIS = "0" * 64


class Entry(BaseModel):
    """One line.

    Attributes:
        seq: 1, 2, 3, ...
        time: UTC, ISO 8601.
        kind: ``init``, ``promote``, ``extend``, ``rollback``, ``repair``, or what
            ``Registry.note`` wrote.
        payload: JSON content.
        prev: Hash of the line before; ``GENESIS`` for the first.
        hash: Content hash of all the above.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    time: str
    kind: str
    payload: dict[str, Any]
    prev: str
    hash: str

    @classmethod
    def following(
        cls, last: Entry | None, kind: str, payload: Mapping[str, Any], time: str
    ) -> Self:
        """The entry that comes after ``last``."""
        content = {
            "seq": 1 if last is None else last.seq + 1,
            "time": time,
            "kind": kind,
            "payload": json.loads(canonical_json(payload)),
            "prev": GENESIS if last is None else last.hash,
        }
        return cls(**content, hash=content_hash(content))

    @property
    def line(self) -> bytes:
        """The exact bytes of the line."""
        return f"{canonical_json(self)}\n".encode()


class Scan(NamedTuple):
    """What a reading of the file found.

    Attributes:
        entries: Sound entries up to the first problem.
        problems: One sentence each.
        torn: Bytes after the last line end: a write that a kill cut short.
    """

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    torn: bytes


class Journal:
    """Reads, checks and appends. Writers hold the lock of the folder; readers need none.

    Args:
        path: The file ``journal.jsonl``; it may be absent.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def scan(self) -> Scan:
        """Reads the file and checks every byte; never raises for what it finds."""
        raw = self.path.read_bytes() if self.path.exists() else b""
        *lines, torn = raw.split(b"\n")
        entries: list[Entry] = []
        for number, line in enumerate(lines, start=1):
            entry, problem = _checked(line, entries[-1] if entries else None)
            if entry is None:
                # Later lines hang on this one: naming each would say nothing new.
                return Scan(tuple(entries), (f"journal line {number} {problem}",), torn)
            entries.append(entry)
        return Scan(tuple(entries), (), torn)

    def entries(self) -> tuple[Entry, ...]:
        """All entries; a line that is still being written is left out.

        Raises:
            IntegrityError: A byte was changed, or a line is missing.
        """
        scan = self.scan()
        if scan.problems:
            raise IntegrityError(
                scan.problems[0],
                where=str(self.path),
                remedy="restore the journal from a copy; the chain before the line is sound",
            )
        return scan.entries

    def append(self, kind: str, payload: Mapping[str, Any], time: str) -> Entry:
        """Adds an entry; it is on the disk when this returns.

        Raises:
            IntegrityError: The chain is broken; nothing is ever built on a broken chain.
        """
        entries = self.entries()
        if self.scan().torn:
            raise IntegrityError("the journal's last line is not finished", where=str(self.path))
        entry = Entry.following(entries[-1] if entries else None, kind, payload, time)
        append_whole(self.path, entry.line)
        return entry

    def cut_torn_line(self, time: str) -> None:
        """Takes back an unfinished last line and notes its text in a ``repair`` entry."""
        torn = self.scan().torn
        if torn:
            os.truncate(self.path, self.path.stat().st_size - len(torn))
            self.append("repair", {"torn": torn.decode(errors="replace")}, time)


def _checked(line: bytes, last: Entry | None) -> tuple[Entry | None, str]:
    try:
        entry = Entry.model_validate_json(line)
        expected = Entry.following(last, entry.kind, entry.payload, entry.time)
    except ValueError:  # of pydantic's, or a number that JSON does not know
        return None, "is no journal entry"
    if entry != expected:
        return None, "does not fit the chain: changed, moved or removed lines"
    if entry.line != line + b"\n":
        return None, "was written differently from how it was stored"
    return entry, ""
