"""Checks a champion's folder: every byte, and that every version was let in by a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evo.champion.files import TEMPORARY
from evo.champion.journal import Entry, Journal, Scan
from evo.champion.pointer import head_bytes, pointers
from evo.champion.removal import taken_out
from evo.champion.version import Version
from genomes.errors import ConfigError, EvogateError, IntegrityError
from genomes.extension import without
from genomes.genome import Genome
from genomes.hashing import content_hash

_KINDS = {"init": "seed", "promote": "promoted", "extend": "extended", "revert": "reverted"}
"""Kinds of lines that let a version in, and the kind of the version."""
_SHORTEST = 8  # a shorter noted hash would fit by chance


def check_decision(decision: Mapping[str, Any] | None, candidate: str, champion: str) -> None:
    """Whether a decision lets ``candidate`` replace ``champion`` (genome ids).

    Raises:
        IntegrityError: It does not, with the reason.
    """
    if not decision:
        raise IntegrityError("a promotion needs a gate decision; there is none")
    if decision.get("verdict") != "PROMOTE":
        raise IntegrityError(
            f"the gate did not promote: {decision.get('verdict')!r}",
            remedy=str(decision.get("reason") or "see the gate's evidence"),
        )
    promoted = "promoted_id" if decision.get("promoted_id") else "candidate_id"
    for name, expected in ((promoted, candidate), ("champion_id", champion)):
        if decision.get(name) != expected:
            raise IntegrityError(
                f"the decision is about {name} {str(decision.get(name))[:12]}, "
                f"not about {expected[:12]}",
                remedy="decide again against the champion in force",
            )
    if candidate == champion:
        raise IntegrityError("the candidate is the champion")


def check_extension(genome: Genome, domains: Sequence[str], champion: Genome) -> None:
    """Whether ``genome`` is the champion with more domains and nothing else changed.

    Raises:
        IntegrityError: It is not.
    """
    if not domains or without(genome, domains) != champion:
        raise IntegrityError("an extension may only add domains and genes that act in no other")


def check_noted(noted: str) -> None:
    """Whether a text can be a hash that was noted elsewhere.

    Raises:
        ConfigError: It is too short to say anything, or no hexadecimal number.
    """
    if not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST},64}}", noted):
        raise ConfigError(
            f"{noted!r} is no hash of a journal line or version",
            where="--head",
            remedy=f"give its first {_SHORTEST} to 64 hexadecimal digits; "
            "evogate champion history --json shows the hashes of all lines",
        )


def audit(root: Path, journal: Journal, noted: str | None) -> tuple[str, ...]:
    """All problems of a folder, one sentence each; see ``Registry.verify``."""
    scan = journal.scan()
    try:
        return (
            *_journal_problems(scan),
            *_head_problems(root, scan),
            *_version_problems(root, scan),
            *_rewind_problems(scan, noted),
        )
    except EvogateError as error:
        return (*_journal_problems(scan), str(error))


def _journal_problems(scan: Scan) -> Iterator[str]:
    yield from scan.problems
    if scan.torn:
        yield "the journal's last line is not finished"
    kinds = [entry.kind for entry in scan.entries]
    if "init" not in kinds or "init" in kinds[kinds.index("init") + 1 :]:
        yield "the journal does not have exactly one init line"


def _head_problems(root: Path, scan: Scan) -> Iterator[str]:
    path = root / "HEAD"
    found = pointers(scan.entries)
    if not path.exists():
        yield "HEAD is missing"
    elif found and path.read_bytes() != head_bytes(found[-1].version):
        yield f"HEAD is not the journal's version {found[-1].version[:12]}"


def _version_problems(root: Path, scan: Scan) -> Iterator[str]:
    versions: dict[str, Version] = {}
    folder = root / "versions"
    named = [pointer.version for pointer in pointers(scan.entries)]
    on_disk = [path.stem for path in folder.glob("*") if not path.name.startswith(TEMPORARY)]
    for version_id in dict.fromkeys([*named, *sorted(on_disk)]):
        try:
            versions[version_id] = Version.load(folder / f"{version_id}.json")
        except EvogateError as error:
            yield str(error)
    yield from _link_problems(scan.entries, versions)


def _link_problems(entries: Sequence[Entry], versions: Mapping[str, Version]) -> Iterator[str]:
    in_force: str | None = None
    let_in: set[str] = set()
    for entry in entries:
        for pointer in pointers([entry]):
            if entry.kind in _KINDS:
                let_in.add(pointer.version)
            elif pointer.version not in let_in:
                # A rollback needs no decision, so it must never be a way in.
                yield f"journal line {entry.seq}: version {pointer.version[:12]} was never let in"
            version = versions.get(pointer.version)
            if version is not None:
                yield from _entry_problems(entry, version, in_force, versions)
            in_force = pointer.version


def _entry_problems(
    entry: Entry, version: Version, in_force: str | None, versions: Mapping[str, Version]
) -> Iterator[str]:
    line = f"journal line {entry.seq}"
    payload = entry.payload
    said = (payload["number"], payload["genome"], payload["parent"])
    if said != (version.number, version.genome.id, version.parent):
        yield f"{line} and version {version.id[:12]} disagree"
    if _KINDS.get(entry.kind, version.kind) != version.kind:
        yield f"{line} says {entry.kind} of a version that is {version.kind}"
    if entry.kind in _CHECKS:
        if version.parent != in_force:
            yield f"{line}: version {version.id[:12]} did not replace the version in force"
        parent = versions.get(version.parent or "")
        if parent is None:
            return  # the parent's own problem is already named
        try:
            _CHECKS[entry.kind](payload, version, parent, versions)
        except EvogateError as error:
            yield f"{line}: {error.what}"


def _check_promotion(
    payload: Mapping[str, Any], version: Version, parent: Version, _: Mapping[str, Version]
) -> None:
    check_decision(version.decision, version.genome.id, parent.genome.id)
    if payload.get("decision") != content_hash(version.decision):
        raise IntegrityError(f"it names another decision than version {version.id[:12]}")


def _check_extension(
    payload: Mapping[str, Any], version: Version, parent: Version, _: Mapping[str, Version]
) -> None:
    domains = payload.get("domains")
    named = domains if isinstance(domains, list) else ()
    check_extension(version.genome, named, parent.genome)


def _check_removal(
    payload: Mapping[str, Any], version: Version, parent: Version, versions: Mapping[str, Version]
) -> None:
    """No gate decided on it, so it must be just what is left without the change."""
    removed = str(payload.get("removed"))
    if not {removed, (versions[removed].parent if removed in versions else None)} <= set(versions):
        raise IntegrityError(f"version {removed[:12]}, which it takes out, cannot be read")
    if taken_out(versions[removed], versions.__getitem__, parent.genome) != version.genome:
        raise IntegrityError("its genome is not what is left without the change")


_CHECKS = {"promote": _check_promotion, "extend": _check_extension, "revert": _check_removal}


def _rewind_problems(scan: Scan, noted: str | None) -> Iterator[str]:
    if noted is None:
        return
    known = [entry.hash for entry in scan.entries]
    known += [pointer.version for pointer in pointers(scan.entries)]
    if not any(name.startswith(noted) for name in known):
        yield f"the journal does not know {noted!r}: the folder was put back to an older state"
