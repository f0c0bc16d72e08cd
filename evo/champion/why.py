"""Why a piece of the champion is there: gap, proposal, evidence, decision (R42)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.champion.registry import Registry
from evo.champion.version import Version
from genomes.diff import diff
from genomes.errors import ConfigError
from genomes.genome import Gene, Genome
from genomes.scoping import SEPARATOR

_UNSEEN = ("pairs", "looks", "regressions", "unscoped")


@dataclass(frozen=True)
class Step:
    """One version that changed a gene.

    Attributes:
        version: Its number.
        version_id: Its id.
        kind: ``seed``, ``promoted``, ``extended`` or ``reverted``.
        time: When it came, by the clock of that moment.
        brought: Whether the fragment came with it.
        changes: What it changed in the gene, one line each; empty for the seed.
        run: The run that found it.
        gaps: The gaps that it set out to close; the one that the proposal names first.
        proposal: Operator, parents, hypothesis, expected effect; ``None`` without one.
        evidence: What the gate measured, without the single pairs; ``None`` without a decision.
        decision: Verdict, reason, attempt and plan; ``None`` where the gate did not decide.
        said: What the version says of itself besides: approval, removal, new domains.
    """

    version: int
    version_id: str
    kind: str
    time: str
    brought: bool
    changes: tuple[str, ...]
    run: str | None
    gaps: tuple[Mapping[str, Any], ...]
    proposal: Mapping[str, Any] | None
    evidence: Mapping[str, Any] | None
    decision: Mapping[str, Any] | None
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Trace:
    """The history of one gene that holds the fragment.

    Attributes:
        gene: Id of the gene.
        version: Number of the version that was looked at.
        in_force: Whether that one is in force.
        gone: Why it is not: how a later line of the journal took it out.
        steps: From the seed on.
    """

    gene: str
    version: int
    in_force: bool
    gone: str | None
    steps: tuple[Step, ...]


def why(registry: Registry, fragment: str) -> tuple[Trace, ...]:
    """Where the genes that hold a fragment come from, over all versions.

    Looks in the version in force first, then in earlier ones, the newest first. Needs the
    champion's folder only.

    Args:
        registry: The champion.
        fragment: Id of a gene (``instruction``, ``instruction@film``), or a piece of its text;
            letter case and white space do not matter.

    Raises:
        ConfigError: No version has held it.
    """
    line = registry.lineage()
    for version in _newest_first(registry, line):
        held = [gene.id for gene in version.genome.genes if holds(gene, fragment)]
        if held:
            in_force = version.id == line[-1].id
            past = line if in_force else _ancestors(registry, version)
            gone = None if in_force else _gone(registry, version, line)
            return tuple(
                Trace(one, version.number, in_force, gone, _steps(past, one, fragment))
                for one in held
            )
    raise ConfigError(
        f"no version of the champion holds {fragment!r}",
        remedy="name a gene, or words of its text: evogate champion show",
    )


def holds(gene: Gene, fragment: str) -> bool:
    """Whether a gene is meant by the fragment: by its id, or by a piece of its text."""
    if fragment in (gene.id, gene.id.partition(SEPARATOR)[0]):
        return True
    wanted = _plain(fragment)
    return bool(wanted) and any(wanted in _plain(text) for text in _texts(_content(gene)))


def _newest_first(registry: Registry, line: Sequence[Version]) -> Iterator[Version]:
    yield from reversed(line)
    seen = {version.id for version in line}
    for entry in reversed(registry.history()):
        version = str(entry.payload.get("version"))
        if entry.kind in ("init", "promote", "extend", "revert") and version not in seen:
            seen.add(version)
            yield registry.version(version)


def _ancestors(registry: Registry, version: Version) -> tuple[Version, ...]:
    line = [version]
    while line[-1].parent is not None:
        line.append(registry.version(line[-1].parent))
    return tuple(reversed(line))


def _gone(registry: Registry, version: Version, line: Sequence[Version]) -> str:
    later = [one for one in line if one.parent == version.id]
    if later:
        one = later[0]
        return f"version {one.number} ({one.kind}) has it no longer"
    for entry in reversed(registry.history()):
        if entry.kind == "rollback" and version.number in entry.payload.get("undone", ()):
            return f"rolled back on {entry.time}: {entry.payload.get('reason')}"
    return "rolled back"


def _steps(line: Sequence[Version], gene_id: str, fragment: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    held = False
    for before, version in zip((None, *line), line, strict=False):
        names = {gene_id, gene_id.partition(SEPARATOR)[0]}
        gene = _find(version.genome, gene_id)
        holds_it = gene is not None and holds(gene, fragment)
        found = () if before is None else diff(before.genome, version.genome)
        changes = tuple(str(one) for one in found if one.gene in names)
        if (before is None and gene is not None) or changes:
            steps.append(_step(version, changes, brought=holds_it and not held))
        held = holds_it
    return tuple(steps)


def _find(genome: Genome, gene_id: str) -> Gene | None:
    genes = {gene.id: gene for gene in genome.genes}
    return genes.get(gene_id) or genes.get(gene_id.partition(SEPARATOR)[0])


def _step(version: Version, changes: tuple[str, ...], *, brought: bool) -> Step:
    said = dict(version.provenance)
    proposal, gaps = said.pop("proposal", None), said.pop("gaps", [])
    said.pop("plan", None)  # long; it is in the version's file
    decided = version.decision
    first = (proposal or {}).get("gap")
    named = ("verdict", "reason", "attempt_id", "plan_hash")
    return Step(
        version=version.number,
        version_id=version.id,
        kind=version.kind,
        time=version.created,
        brought=brought,
        changes=changes,
        run=said.pop("run", None),
        gaps=tuple(sorted(gaps, key=lambda gap: _gap_id(gap) != first)),
        proposal=proposal,
        evidence=None
        if decided is None
        else {k: v for k, v in decided.items() if k not in (*named, *_UNSEEN)},
        decision=None if decided is None else {k: decided.get(k) for k in named},
        said=said,
    )


def _gap_id(gap: Mapping[str, Any]) -> str | None:
    from evo.gaps import Gap

    try:
        return Gap.model_validate(gap).id
    except ValueError:  # of a release that described gaps otherwise
        return None


def _content(gene: Gene) -> Any:
    content = gene.model_dump(mode="json")
    return {k: v for k, v in content.items() if k not in ("id", "kind", "scope", "place")}


def _texts(content: Any) -> Iterator[str]:
    """All strings in JSON content."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
