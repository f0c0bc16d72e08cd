"""Probation: while a new version is being watched, no further one is put in force (R40).

The seam for whoever watches a champion in use. Nothing here starts or ends a probation by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.champion.folder import Folder
from evo.champion.journal import Entry
from evo.champion.pointer import lineage, pointers
from genomes.errors import IntegrityError

STARTED = "probation_started"
PASSED = "probation_passed"


@dataclass(frozen=True)
class Probation:
    """A version that is being watched.

    Attributes:
        version: Its id.
        number: Its number.
        since: When it began, by the clock of that moment.
    """

    version: str
    number: int
    since: str

    def sentence(self) -> str:
        """For a refusal."""
        return f"version {self.number} is on probation since {self.since}"


class Probations:
    """Starts and ends probations; see ``Registry.probations``.

    Args:
        folder: The champion's folder.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def open(self) -> Probation | None:
        """The probation that the version in force is in, itself or by what it came from."""
        return on_probation(self._folder.journal.entries())

    def start(self, version: str, links: Mapping[str, Any] | None = None) -> Entry:
        """Puts the version in force on probation; until it is passed nothing is promoted.

        A rollback ends it too, by taking the version out of force.

        Args:
            version: Id of the version in force.
            links: JSON content that the journal line shall hold too.

        Raises:
            IntegrityError: Another version is in force.
        """
        with self._folder.writing():
            present = self._folder.moves()[-1]
            if present.version != version:
                raise IntegrityError(
                    f"version {version[:12]} is not in force, version {present.number} is"
                )
            content = {**(links or {}), "version": version, "number": present.number}
            return self._folder.append(STARTED, content)

    def passed(self, version: str, reason: str) -> Entry:
        """Ends the probation of a version well.

        Raises:
            IntegrityError: It is not on probation.
        """
        with self._folder.writing():
            now = on_probation(self._folder.journal.entries())
            if now is None or now.version != version:
                raise IntegrityError(f"version {version[:12]} is not on probation")
            content = {"version": version, "number": now.number, "reason": reason}
            return self._folder.append(PASSED, content)


def on_probation(entries: Sequence[Entry]) -> Probation | None:
    """The open probation by the journal; order is that of the lines, whatever their times say."""
    opened: dict[str, Probation] = {}
    for entry in entries:
        if entry.kind == STARTED:
            one = Probation(entry.need("version"), entry.need("number"), entry.time)
            opened[one.version] = one
        elif entry.kind == PASSED:
            opened.pop(entry.need("version"), None)
    found = pointers(entries)
    line = lineage(found, found[-1].version) if found else ()
    return next((opened[version] for version in line if version in opened), None)
