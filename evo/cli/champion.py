"""``evogate champion``: the version in force, how it came there, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli import champion_changes
from evo.cli.champion_changes import number
from evo.cli.options import JsonOption, NameOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evo.champion import Registry, Version
    from evo.champion.why import Step, Trace

_SHORT = 12


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show, trace, restore and verify the champion.", no_args_is_help=True)
    group.command(
        "show", epilog=examples("evogate champion show", "evogate champion show --version 1 --json")
    )(_show)
    group.command(
        "history",
        epilog=examples("evogate champion history", "evogate champion history --last 20 --json"),
    )(_history)
    group.command(
        "why",
        epilog=examples(
            "evogate champion why instruction", "evogate champion why 'think step by step' --json"
        ),
    )(_why)
    group.command(
        "verify",
        epilog=examples("evogate champion verify", "evogate champion verify --head 5f0c1a2b"),
    )(_verify)
    champion_changes.register(group)
    app.add_typer(group, name="champion")


def _show(
    name: NameOption = None,
    version: Annotated[
        str | None, typer.Option(help="A version's number or id; default the one in force.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the champion in force: its genome, and the decision that let it in.

    Evidence is stale if the agent, its model or a suite changed since.
    """
    from evo.champion import stale
    from evo.cli.output import emit, emit_json
    from evo.cli.workspace import find_workspace
    from genomes.codec import to_yaml

    registry = find_workspace(workspace).registry(name)
    found = registry.version(number(version)) if version else registry.head()
    why = stale(registry.history(), found.id)
    if as_json:
        emit_json({"id": found.id, **found.model_dump(mode="json"), "stale": why})
        return
    lines = [*_headline(registry.root.name, found), *_staleness(found, why), *_state(registry)]
    emit("\n".join(f"# {line}" for line in lines))
    emit(to_yaml(found.genome))


def _history(
    name: NameOption = None,
    last: Annotated[
        int | None, typer.Option("--last", min=1, help="Only so many of the newest lines.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the journal of the champion, oldest first; it is append-only and hash-chained.

    The evidence of a version is stale if the agent, its model or a suite changed since; with
    --last it is not shown. Order is that of the chain, whatever the times say.
    """
    from evo.champion import stale
    from evo.cli.output import emit_json
    from evo.cli.records import emit_records
    from evo.cli.workspace import find_workspace

    entries = find_workspace(workspace).registry(name).history(last)
    let_in = [e for e in entries if e.kind in ("init", "promote", "extend") and last is None]
    marks = {e.seq: stale(entries, e.payload["version"]) for e in let_in}
    if as_json:
        emit_json([{**e.model_dump(mode="json"), "stale": marks.get(e.seq)} for e in entries])
        return
    rows = [
        (
            entry.seq,
            entry.time[:16],
            entry.kind,
            _version_of(entry.payload),
            _mark(marks[entry.seq]) if entry.seq in marks else None,
            entry.hash[:_SHORT],
            entry.payload.get("reason"),
        )
        for entry in entries
    ]
    columns = ("seq", "time", "kind", "version", "evidence", "hash", "why")
    emit_records(columns, rows, ("why",))


def _why(
    fragment: Annotated[
        str, typer.Argument(help="Id of a gene, or a piece of its text.", metavar="FRAGMENT")
    ],
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show why a piece of the champion is there: gap, proposal, evidence, decision.

    Goes through all versions that changed the gene that holds it, from the seed on. What is no
    longer in force is found too. Steps between versions: evogate genome lineage.
    """
    from evo.champion.why import why
    from evo.cli.output import emit, emit_json
    from evo.cli.workspace import find_workspace

    traces = why(find_workspace(workspace).registry(name), fragment)
    if as_json:
        emit_json(traces)
        return
    emit("\n\n".join("\n".join(_trace_lines(trace)) for trace in traces))


def _trace_lines(trace: Trace) -> Iterator[str]:
    state = "in force" if trace.in_force else f"not in force: {trace.gone}"
    yield f"{trace.gene}, as in version {trace.version} ({state})"
    for step in trace.steps:
        mark = "; the fragment came with it" if step.brought else ""
        yield f"version {step.version} ({step.kind}), {step.time[:16]}{mark}"
        yield from (f"  {line}" for line in _step_lines(step))


def _step_lines(step: Step) -> Iterator[str]:
    yield from step.changes
    for gap in step.gaps[:1]:
        counts = f"{gap.get('failures')} of {gap.get('n')} fail"
        yield f"gap: {gap.get('domain')}, {gap.get('slice')}: {counts}"
    if step.proposal:
        said = step.proposal
        aim = f"for gap {said['gap']}" if said.get("gap") else "for no gap in particular"
        expected = said.get("expected")
        effect = "no effect stated" if expected is None else f"expected {expected}"
        yield f"proposal: {said.get('operator')}, {aim}, run {step.run}"
        yield f"  hypothesis: {said.get('hypothesis') or 'none'}; {effect}"
    if step.evidence:
        yield f"evidence: {_evidence(step.evidence)}"
    if step.decision:
        done = step.decision
        yield f"decision: {done['verdict']}, {done['reason']}"
        yield f"  attempt {done['attempt_id']}, plan {str(done['plan_hash'])[:_SHORT]}"
    elif step.kind != "seed":
        yield "decision: none, the gate did not judge this version"
    yield from (*step.said.get("known", ()), *_spoken(step.said))


def _spoken(said: dict[str, Any] | Any) -> Iterator[str]:
    if "removed_number" in said:
        yield f"takes out version {said['removed_number']}: {said.get('reason')}"
    if "approval" in said:
        yield f"approved by a person: {said['approval'].get('reason')}"


def _evidence(found: Any) -> str:
    counts = ", ".join(f"{found.get(k, 0)} {k}" for k in ("wins", "losses", "ties", "missing"))
    effect = found.get("effect")
    if not effect:
        return counts
    interval = f"{effect['low']:+.3f} to {effect['high']:+.3f}"
    return f"{counts}; effect {effect['estimate']:+.3f} ({interval})"


def _verify(
    name: NameOption = None,
    head: Annotated[
        str | None,
        typer.Option(help="Hash of a version or journal line noted elsewhere, against rewinding."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Check every byte of versions, journal and HEAD; exit code 1 if anything was changed."""
    from evo.cli.exit_codes import NO
    from evo.cli.output import emit, emit_json
    from evo.cli.workspace import find_workspace

    registry = find_workspace(workspace).registry(name)
    problems = registry.verify(head)
    if as_json:
        emit_json({"champion": registry.root.name, "sound": not problems, "problems": problems})
    else:
        emit("\n".join(problems) or f"{registry.root.name}: sound")
    if problems:
        raise typer.Exit(NO)


def _headline(name: str, version: Version) -> list[str]:
    lines = [
        f"{name}, version {version.number} ({version.kind}), since {version.created}",
        f"version id {version.id}",
        f"genome id  {version.genome.id}",
    ]
    if version.decision:
        lines.append(f"{version.decision.get('verdict')}: {version.decision.get('reason')}")
    return lines


def _staleness(version: Version, why: tuple[str, ...] | None) -> list[str]:
    if version.kind == "reverted":
        return [f"evidence: {line}" for line in version.provenance.get("known", ())]
    if why is None:
        return ["evidence: it was not noted under which conditions it was gained"]
    return [f"evidence is stale: {'; '.join(why)}"] if why else []


def _state(registry: Registry) -> list[str]:
    watched = registry.probations.open()
    waiting = [f"attempt {one.attempt} waits for approval" for one in registry.approvals.open()]
    return [*([] if watched is None else [watched.sentence()]), *waiting]


def _mark(why: tuple[str, ...] | None) -> str:
    return "unknown" if why is None else "stale" if why else "holds"


def _version_of(payload: dict[str, Any]) -> str | None:
    number, version = payload.get("number"), payload.get("version")
    return None if version is None else f"{number} ({str(version)[:_SHORT]})"
