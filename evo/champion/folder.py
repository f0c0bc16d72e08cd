"""A champion's folder: what every change of it is made of. Users see ``Registry``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from evo.champion.files import remove_temporaries, write_whole, writers_lock
from evo.champion.journal import Entry, Journal
from evo.champion.pointer import Pointer, head_bytes, lineage, pointers, resolve_version
from evo.champion.version import Version
from genomes.errors import IntegrityError


class Folder:
    """Versions, ``HEAD`` and journal below ``champions/<agent>/``.

    A change writes the version, then the journal line, then moves ``HEAD``. The journal is the
    authority: if a kill came between the last two, opening the folder moves ``HEAD``.

    Args:
        root: The agent's folder; it may be absent.
        now: Clock, UTC.
    """

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        self.root = root
        self.journal = Journal(root / "journal.jsonl")
        self.head_path = root / "HEAD"
        self._now = now
        if self._head_lags():
            with writers_lock(root):
                self._move_lagging_head()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keeps other writers out, and finishes or takes back what a killed one began."""
        with writers_lock(self.root):
            self._move_lagging_head()
            scan = self.journal.scan()
            found = pointers(scan.entries)
            # A line is finished before HEAD moves: only then is an unfinished one a kill's work.
            if scan.torn and self.head() == (head_bytes(found[-1].version) if found else None):
                self.journal.cut_torn_line(self.time())
            yield

    def time(self) -> str:
        """Now."""
        return self._now().isoformat(timespec="milliseconds")

    def append(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Adds a line that moves nothing; call it while ``writing``."""
        return self.journal.append(kind, payload, self.time())

    def head(self) -> bytes | None:
        """The content of ``HEAD``."""
        return self.head_path.read_bytes() if self.head_path.exists() else None

    def moves(self) -> list[Pointer]:
        """Where ``HEAD`` has been, oldest first; at least one.

        Raises:
            IntegrityError: There is no champion yet, or the chain is broken.
        """
        return self._some(pointers(self.journal.entries()))

    def present(self) -> Pointer:
        """The version in force, by the end of the journal.

        Raises:
            IntegrityError: There is none, or the end of the chain is broken.
        """
        return self._some(pointers(self.journal.newest(lambda found: bool(pointers(found)))))[-1]

    def line(self) -> tuple[str, ...]:
        """The version in force and those that it came from, newest first: ids."""
        found = self.moves()
        return lineage(found, found[-1].version)

    def load(self, version_id: str) -> Version:
        """A version by its whole id."""
        return Version.load(self.root / "versions" / f"{version_id}.json")

    def version(self, version: str | int) -> Version:
        """A version by number, id or unique beginning of an id."""
        return self.load(resolve_version(self.moves(), version).version)

    def undisturbed(self) -> Version:
        """The version in force, where journal and ``HEAD`` agree; call it while ``writing``.

        Raises:
            IntegrityError: They do not.
        """
        head = self.load(self.moves()[-1].version)
        if self.head() != head_bytes(head.id):
            raise IntegrityError(
                "HEAD is not what the journal says",
                where=str(self.head_path),
                remedy=f"if the journal is right: rollback to version {head.number}",
            )
        return head

    def next_number(self) -> int:
        """The number of the next version."""
        return 1 + max(pointer.number for pointer in self.moves())

    def install(
        self,
        kind: Literal["init", "promote", "extend", "revert"],
        version: Version,
        links: Mapping[str, Any],
    ) -> Version:
        """Lets a new version in; call it while ``writing``."""
        remove_temporaries(self.root)
        remove_temporaries(self.root / "versions")
        write_whole(self.root / "versions" / f"{version.id}.json", version.stored())
        payload = {**links, **Pointer.to(version).payload()}
        self.journal.append(kind, payload, version.created)
        write_whole(self.head_path, head_bytes(version.id))
        return version

    def go_back(self, target: Pointer, reason: str) -> Version:
        """Puts a version that was let in before in force again; call it while ``writing``."""
        moves = self.moves()
        restored, present = self.load(target.version), moves[-1].version
        gone = set(lineage(moves, present)) - set(lineage(moves, target.version))
        numbers = sorted({move.number for move in moves if move.version in gone})
        payload = {**target.payload(), "from": present, "reason": reason, "undone": numbers}
        self.journal.append("rollback", payload, self.time())
        write_whole(self.head_path, head_bytes(restored.id))
        return restored

    def _some(self, found: list[Pointer]) -> list[Pointer]:
        if not found:
            raise IntegrityError(
                "there is no champion yet", where=str(self.root), remedy="start with a run"
            )
        return found

    def _head_lags(self) -> bool:
        """Whether a kill came between a journal line and the move of ``HEAD``.

        Anything that no kill explains is left for ``verify`` to find.
        """
        try:
            last = self.journal.newest(lambda found: len(pointers(found)) > 1)
            found = [pointer.version for pointer in pointers(last)]
        except IntegrityError:
            return False
        if not found or self.head() == head_bytes(found[-1]):
            return False
        return self.head() == (head_bytes(found[-2]) if len(found) > 1 else None)

    def _move_lagging_head(self) -> None:
        if self._head_lags():
            write_whole(self.head_path, head_bytes(self.present().version))
