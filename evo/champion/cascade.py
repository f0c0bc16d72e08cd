"""No cascade: what stands on a version that was taken out of force is not promoted (R40)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evo.champion.journal import Entry
from evo.champion.pointer import Pointer, lineage, pointers
from evo.champion.probation import on_probation
from genomes.errors import IntegrityError

_ANEW = "let a new run try it against the version in force"


def check_ground(entries: Sequence[Entry], began: int | None) -> None:
    """Whether what a candidate was tried against still stands.

    Args:
        entries: The journal.
        began: Number of the journal's line when the attempt began; ``None`` if it is not known,
            then only the present is looked at.

    Raises:
        IntegrityError: The version in force is on probation; or the one that was in force when
            the attempt began, or one that it came from, was taken out since, even if it was put
            back.
    """
    watched = on_probation(entries)
    if watched is not None:
        raise IntegrityError(
            f"nothing is promoted now: {watched.sentence()}",
            remedy="wait until it has passed, or roll it back",
        )
    for entry in entries if began is not None else ():
        if began is not None and entry.seq > began:
            _check_step(entries, began, entry)


def barred(entries: Sequence[Entry], genomes: Iterable[str]) -> str | None:
    """Why a genome must not come back, in one sentence: it was in force and was taken out.

    Args:
        entries: The journal.
        genomes: Ids of the candidate and of the genomes that it was made from.
    """
    found = pointers(entries)
    if not found:
        return None
    standing = set(lineage(found, found[-1].version))
    kept = {pointer.genome for pointer in found if pointer.version in standing}
    out = {pointer.genome: pointer.number for pointer in found if pointer.version not in standing}
    for genome in genomes:
        if genome in out and genome not in kept:
            return f"genome {genome[:12]} was version {out[genome]}, which was rolled back"
    return None


def dependants(found: Sequence[Pointer], version: str) -> tuple[Pointer, ...]:
    """The versions in force and below it that came after a version and hold its change."""
    line = lineage(found, found[-1].version)
    later = line[: line.index(version)] if version in line else ()
    known = {pointer.version: pointer for pointer in found}
    return tuple(known[one] for one in reversed(later))


def _check_step(entries: Sequence[Entry], began: int, entry: Entry) -> None:
    before = pointers(entries[: entry.seq - 1])
    base = pointers(entries[:began])
    if not base or entry.kind not in ("rollback", "revert"):
        return
    ground = lineage(before, base[-1].version)
    if entry.kind == "rollback":
        stays = lineage(before, entry.need("version"))
        gone = set(lineage(before, before[-1].version)) - set(stays)
    else:
        gone = {entry.need("removed")}
    lost = [one for one in ground if one in gone]
    if lost:
        number = {pointer.version: pointer.number for pointer in before}[lost[0]]
        raise IntegrityError(
            f"the candidate was tried against version {base[-1].number}, and version {number} was "
            f"taken out since (journal line {entry.seq}: {entry.payload.get('reason')})",
            remedy=_ANEW,
        )
