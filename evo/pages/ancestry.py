"""Where a genome comes from: its ancestors over all runs of the workspace, and why each came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evo.champion import Version

if TYPE_CHECKING:
    from evo.storage import Store

LIMITED = "limited to its domain"
EXTENDED = "domains added"
REVERTED = "a change taken out"


@dataclass(frozen=True)
class Ancestor:
    """One genome of a lineage.

    Attributes:
        step: 0 for the genome asked for, 1 for its parents, and so on; the shortest way counts.
        genome_id: Content hash.
        version: Number of the champion version that holds it; ``None`` if it never was one.
        operator: What made it; ``None`` if nothing is known.
        parents: Content hashes.
        run: Run in which it was made.
        gap: Id of the gap that it answers.
        hypothesis: Why it should help.
        quality: Mean score on the search examples, as known last; ``None`` if never measured.
    """

    step: int
    genome_id: str
    version: int | None = None
    operator: str | None = None
    parents: tuple[str, ...] = ()
    run: str | None = None
    gap: str | None = None
    hypothesis: str | None = None
    quality: float | None = None


@dataclass(frozen=True)
class _Known:
    births: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, str]
    quality: Mapping[str, float]
    versions: Mapping[str, int]


def ancestry(store: Store, versions: Sequence[Version], genome_id: str) -> tuple[Ancestor, ...]:
    """A genome and its ancestors, nearest first.

    A genome whose reading was fitted anew has another id and no birth of its own: it is then
    the genome of the same call.

    Args:
        store: The workspace store.
        versions: All versions of the champion; they link what the search never proposed itself.
        genome_id: Content hash.
    """
    known = _known(store, versions)
    found: dict[str, Ancestor] = {}
    level, step = [genome_id], 0
    while level:
        for one in level:
            found[one] = _ancestor(known, one, step)
        parents = dict.fromkeys(p for one in level for p in found[one].parents)
        level, step = [parent for parent in parents if parent not in found], step + 1
    return tuple(found.values())


def _known(store: Store, versions: Sequence[Version]) -> _Known:
    births: dict[str, Mapping[str, Any]] = {}
    keys: dict[str, str] = {}
    quality: dict[str, float] = {}
    for run in store.runs():
        for record in store.proposals(run["id"]):
            born: Mapping[str, Any] = {**record, "run": run["id"]}
            births.setdefault(record["genome_id"], born)
            if record.get("key"):
                births.setdefault(record["key"], born)
        for score in store.scores(run["id"]):
            quality[score["genome_id"]] = float(score["quality"])
            if score.get("key"):
                keys[score["genome_id"]] = score["key"]
    for genome_id, link in _of_versions(versions):
        births.setdefault(genome_id, link)
    numbers = {version.genome.id: version.number for version in reversed(versions)}
    return _Known(births, keys, quality, numbers)


def _of_versions(versions: Sequence[Version]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    genomes = {version.id: version.genome.id for version in versions}
    for version in versions:
        run = version.provenance.get("run")
        proposal = version.provenance.get("proposal")
        if version.kind == "seed":
            yield version.genome.id, {"operator": "seed", "parents": ()}
        elif version.kind in ("extended", "reverted"):
            parent = genomes.get(version.parent or "")
            operator = EXTENDED if version.kind == "extended" else REVERTED
            yield version.genome.id, {"operator": operator, "parents": [parent] if parent else []}
        elif isinstance(proposal, Mapping):
            yield proposal["genome_id"], {**proposal, "run": run}
            limited = {"operator": LIMITED, "parents": [proposal["genome_id"]], "run": run}
            yield version.genome.id, limited


def _ancestor(known: _Known, genome_id: str, step: int) -> Ancestor:
    born = known.births.get(genome_id) or known.births.get(known.keys.get(genome_id, ""), {})
    return Ancestor(
        step=step,
        genome_id=genome_id,
        version=known.versions.get(genome_id),
        operator=born.get("operator"),
        parents=tuple(parent for parent in born.get("parents", ()) if parent != genome_id),
        run=born.get("run"),
        gap=born.get("gap"),
        hypothesis=born.get("hypothesis"),
        quality=known.quality.get(genome_id),
    )
