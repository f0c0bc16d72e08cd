"""``evogate champion``: the version in force, how it came there, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.options import JsonOption, NameOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.champion import Version

_SHORT = 12


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show, trace, restore and verify the champion.", no_args_is_help=True)
    group.command(
        "show", epilog=examples("evogate champion show", "evogate champion show --version 1 --json")
    )(_show)
    group.command(
        "history", epilog=examples("evogate champion history", "evogate champion history --json")
    )(_history)
    group.command(
        "rollback",
        epilog=examples(
            "evogate champion rollback --reason 'complaints since Monday'",
            "evogate champion rollback 1 --dry-run",
        ),
    )(_rollback)
    group.command(
        "verify",
        epilog=examples("evogate champion verify", "evogate champion verify --head 5f0c1a2b"),
    )(_verify)
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
    found = registry.version(_number(version)) if version else registry.head()
    why = stale(registry.history(), found.id)
    if as_json:
        emit_json({"id": found.id, **found.model_dump(mode="json"), "stale": why})
        return
    lines = [*_headline(registry.root.name, found), *_staleness(why)]
    emit("\n".join(f"# {line}" for line in lines))
    emit(to_yaml(found.genome))


def _history(
    name: NameOption = None, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show the journal of the champion, oldest first; it is append-only and hash-chained.

    The evidence of a version is stale if the agent, its model or a suite changed since.
    """
    from evo.champion import stale
    from evo.cli.output import emit_json, emit_table
    from evo.cli.workspace import find_workspace

    entries = find_workspace(workspace).registry(name).history()
    let_in = [e for e in entries if e.kind in ("init", "promote", "extend")]
    marks = {e.seq: stale(entries, e.payload["version"]) for e in let_in}
    if as_json:
        emit_json([{**e.model_dump(mode="json"), "stale": marks.get(e.seq)} for e in entries])
        return
    emit_table(
        ("seq", "time", "kind", "version", "evidence", "why", "hash"),
        (
            (
                entry.seq,
                entry.time,
                entry.kind,
                _version_of(entry.payload),
                _mark(marks[entry.seq]) if entry.seq in marks else None,
                entry.payload.get("reason"),
                entry.hash[:_SHORT],
            )
            for entry in entries
        ),
    )


def _rollback(
    version: Annotated[
        str | None, typer.Argument(help="A version's number or id; default the one before.")
    ] = None,
    name: NameOption = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the journal.")] = "by hand",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change and change nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Put an earlier version in force again, byte for byte. Needs no model and no store."""
    from evo.cli.output import emit
    from evo.cli.workspace import find_workspace
    from genomes.diff import format_diff

    registry = find_workspace(workspace).registry(name)
    present = registry.head()
    if dry_run:
        target = registry.version(_number(version) if version else _parent(present))
        emit(f"version {present.number} -> version {target.number} ({target.id[:_SHORT]})")
        emit(format_diff(present.genome, target.genome) or "no difference")
        return
    restored = registry.rollback(_number(version) if version else None, reason=reason)
    emit(f"version {restored.number} ({restored.id[:_SHORT]}) is in force; was {present.number}")


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


def _staleness(why: tuple[str, ...] | None) -> list[str]:
    if why is None:
        return ["evidence: it was not noted under which conditions it was gained"]
    return [f"evidence is stale: {'; '.join(why)}"] if why else []


def _mark(why: tuple[str, ...] | None) -> str:
    return "unknown" if why is None else "stale" if why else "holds"


def _parent(version: Version) -> str:
    from genomes.errors import IntegrityError

    if version.parent is None:
        raise IntegrityError(f"version {version.number} replaced none: nothing to go back to")
    return version.parent


def _number(version: str) -> str | int:
    # Short digits are a number; an id may begin with digits too, but is longer.
    return int(version) if version.isdecimal() and len(version) < 8 else version


def _version_of(payload: dict[str, Any]) -> str | None:
    number, version = payload.get("number"), payload.get("version")
    return None if version is None else f"{number} ({str(version)[:_SHORT]})"
