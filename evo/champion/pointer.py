"""What the journal says about which version is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evo.champion.journal import Entry
from evo.champion.version import Version
from genomes.errors import ConfigError, IntegrityError

_SHORTEST = 4  # fewer digits are meant as a number
LET_IN = ("init", "promote", "extend", "revert")
"""Kinds of journal lines that let a version in; each of these has a new version."""
MOVES = (*LET_IN, "rollback")
"""Kinds of journal lines that move ``HEAD``."""


@dataclass(frozen=True)
class Pointer:
    """The part of a journal line that moves ``HEAD``.

    Attributes:
        version: Id of the version put in force.
        number: Its number.
        genome: Id of its genome.
        parent: Id of the version that it replaced when it was promoted; ``None`` for the seed.
    """

    version: str
    number: int
    genome: str
    parent: str | None

    @classmethod
    def to(cls, version: Version) -> Pointer:
        """The pointer to a version."""
        return cls(version.id, version.number, version.genome.id, version.parent)

    def payload(self) -> dict[str, Any]:
        """As JSON content."""
        return asdict(self)


def head_bytes(version_id: str) -> bytes:
    """The content of ``HEAD``."""
    return f"{version_id}\n".encode()


def pointers(entries: Sequence[Entry]) -> list[Pointer]:
    """Where ``HEAD`` has been, oldest first.

    Raises:
        IntegrityError: A line that moves ``HEAD`` does not say whereto.
    """
    return [_pointer(entry) for entry in entries if entry.kind in MOVES]


def _pointer(entry: Entry) -> Pointer:
    return Pointer(*(entry.need(name) for name in Pointer.__dataclass_fields__))


def lineage(found: Sequence[Pointer], version: str) -> tuple[str, ...]:
    """A version and those that it came from, newest first: ids."""
    parents = {pointer.version: pointer.parent for pointer in found}
    line: dict[str, None] = {}
    step: str | None = version
    while step is not None and step not in line:
        line[step] = None
        step = parents.get(step)
    return tuple(line)


def _begins(version_id: str, text: str) -> bool:
    return len(text) >= _SHORTEST and version_id.startswith(text)


def resolve_version(found: Sequence[Pointer], version: str | int | None) -> Pointer:
    """The pointer to a version by number, id, unique beginning of an id, or ``None``: the parent.

    Raises:
        IntegrityError: The present version replaced none.
        ConfigError: No or several versions fit.
    """
    known = {pointer.version: pointer for pointer in found}
    if version is None:
        parent = found[-1].parent
        if parent is None:
            raise IntegrityError(
                "there is nothing to go back to: the seed is in force",
                remedy="name a version to put another one in force",
            )
        return known[parent]
    text = str(version).removeprefix("v")
    for pointer in known.values():
        if text in (str(pointer.number), pointer.version):
            return pointer
    matches = [pointer for pointer in known.values() if _begins(pointer.version, text)]
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(f"{pointer.number} ({pointer.version[:12]})" for pointer in known.values())
    what = "ambiguous" if matches else "unknown"
    raise ConfigError(f"{what} champion version {version!r}", remedy=f"known: {listed}")
