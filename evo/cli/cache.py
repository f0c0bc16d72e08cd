"""``evogate cache``: what is kept so that it need not be bought or fetched again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evo.cli.options import JsonOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.caches import Kind

_MB = 1_000_000


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(
        help="Show and clear stored responses and fetched files.", no_args_is_help=True
    )
    group.command("info", epilog=examples("evogate cache info", "evogate cache info --json"))(_info)
    group.command(
        "clear",
        epilog=examples("evogate cache clear responses", "evogate cache clear models --yes"),
    )(_clear)
    app.add_typer(group, name="cache")


def _info(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show what is kept, where, and how large it is."""
    from evo.caches import kept
    from evo.cli.output import emit_json, emit_table
    from evo.cli.workspace import find_workspace

    found = kept(find_workspace(workspace).root)
    if as_json:
        emit_json(found)
        return
    rows = ((one.kind, one.count, f"{one.bytes / _MB:.1f}", one.where) for one in found)
    emit_table(("what", "count", "megabytes", "where"), rows)


def _clear(
    what: Annotated[
        Literal["responses", "models", "wheels", "all"],
        typer.Argument(help="responses (of this workspace), models, wheels, or all."),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Really remove it.")] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Remove what is kept; without --yes only say what would go.

    Champions, genomes, runs, the ledger of calls and gate attempts always stay.
    """
    from evo.caches import KINDS, clear, kept, resumable
    from evo.cli.output import emit, note
    from evo.cli.workspace import find_workspace
    from genomes.errors import ConfigError

    root = find_workspace(workspace).root
    kinds: tuple[Kind, ...] = KINDS if what == "all" else (what,)
    if "responses" in kinds and (runs := resumable(root)):
        note(f"{len(runs)} unfinished runs would buy their responses again: {', '.join(runs[-3:])}")
    for one in kept(root):
        if one.kind in kinds:
            done = f"removed {clear(root, one.kind)}" if yes else f"would remove {one.count}"
            emit(f"{done} {one.kind} ({one.bytes / _MB:.1f} MB) in {one.where}")
    if not yes:
        raise ConfigError("nothing was removed", remedy="add --yes to remove it")
