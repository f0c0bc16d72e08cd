"""The append-only, hash-chained journal: the authority on what was promoted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from evo.champion.files import append_whole
from genomes.errors import IntegrityError
from genomes.hashing import canonical_json, content_hash

GENESIS = "0" * 64
_BLOCK = 1 << 16  # bytes read from the end at first; several dozen lines


class Entry(BaseModel):
    """One line. Order is that of the chain; the time is what the clock said, and may go back.

    Attributes:
        seq: 1, 2, 3, ...
        time: UTC, ISO 8601.
        kind: ``init``, ``promote``, ``extend``, ``revert``, ``rollback``, ``repair``, those of
            approval and probation, or what ``Registry.note`` wrote.
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

    def need(self, name: str) -> Any:
        """A part of the payload that a line of this kind must have.

        Raises:
            IntegrityError: It lacks it.
        """
        if name not in self.payload:
            raise IntegrityError(f"journal line {self.seq} lacks {name!r}")
        return self.payload[name]

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


class _Checked(NamedTuple):
    """The beginning of the file as it was when it was last checked, and what it said."""

    raw: bytes
    entries: tuple[Entry, ...]


class Journal:
    """Reads, checks and appends. Writers hold the lock of the folder; readers need none.

    Args:
        path: The file ``journal.jsonl``; it may be absent.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._checked = _Checked(b"", ())

    def scan(self) -> Scan:
        """Reads the file and checks every byte; never raises for what it finds.

        Bytes that this object has checked before are only compared with what they were then.
        """
        raw = self.path.read_bytes() if self.path.exists() else b""
        known = self._checked if raw.startswith(self._checked.raw) else _Checked(b"", ())
        *lines, torn = raw[len(known.raw) :].split(b"\n")
        entries, problem = _chained(lines, known.entries[-1] if known.entries else None)
        found = (*known.entries, *entries)
        if problem:
            return Scan(found, (f"journal line {len(found) + 1} {problem}",), torn)
        self._checked = _Checked(raw[: len(raw) - len(torn)], found)
        return Scan(found, (), torn)

    def entries(self) -> tuple[Entry, ...]:
        """All entries; a line that is still being written is left out.

        Raises:
            IntegrityError: A byte was changed, or a line is missing.
        """
        scan = self.scan()
        if scan.problems:
            raise self._broken(scan.problems[0])
        return scan.entries

    def newest(self, enough: Callable[[Sequence[Entry]], bool]) -> tuple[Entry, ...]:
        """The newest entries, oldest first: at least as many as are ``enough``, or all.

        Reads from the end, so that it takes no longer the longer the journal is. Only what is
        read is checked; ``scan`` checks everything.

        Raises:
            IntegrityError: A byte of what was read was changed, or a line of it is missing.
        """
        size, block = self.path.stat().st_size if self.path.exists() else 0, _BLOCK
        while block < size:
            lines = self._end(block)[1:]  # the first one is a part of a line
            entries, problem = _chained(lines, None, whole=False)
            if problem:
                raise self._broken(f"one of the last {len(lines)} journal lines {problem}")
            if enough(entries):
                return entries
            block *= 4
        return self.entries()

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

    def _end(self, size: int) -> list[bytes]:
        """The last ``size`` bytes as lines, without what follows the last line end."""
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - size))
            return file.read().split(b"\n")[:-1]

    def _broken(self, problem: str) -> IntegrityError:
        return IntegrityError(
            problem,
            where=str(self.path),
            remedy="restore the journal from a copy; the chain before the line is sound",
        )


def _chained(
    lines: Sequence[bytes], last: Entry | None, *, whole: bool = True
) -> tuple[tuple[Entry, ...], str]:
    """Sound entries, and what is wrong with the next line.

    Later lines hang on that one: naming each would say nothing new.

    Args:
        lines: Without their line ends.
        last: The entry before them; ``None`` if they begin the journal.
        whole: Whether the entry before them is known; if not, the first line stands for itself.
    """
    entries: list[Entry] = []
    for line in lines:
        entry, problem = _checked(line, last, whole=whole or last is not None)
        if entry is None:
            return tuple(entries), problem
        entries.append(entry)
        last = entry
    return tuple(entries), ""


def _checked(line: bytes, last: Entry | None, *, whole: bool) -> tuple[Entry | None, str]:
    try:
        content = json.loads(line.decode())
        entry = Entry.model_validate(content, strict=True)
        stored = canonical_json(content).encode()
        digest = content_hash({key: content[key] for key in content if key != "hash"})
    # Of JSON, of pydantic, a number that JSON does not know, or brackets without end.
    except (ValueError, TypeError, RecursionError):
        return None, "is no journal entry"
    follows = (1, GENESIS) if last is None else (last.seq + 1, last.hash)
    if entry.hash != digest or (whole and (entry.seq, entry.prev) != follows):
        return None, "does not fit the chain: changed, moved or removed lines"
    if stored != line:
        return None, "was written differently from how it was stored"
    return entry, ""
