"""``evogate export``: the champion, or any genome, in a form that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import NameOption, OutOption, WorkspaceOption, examples


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "export",
        epilog=examples(
            "evogate export --to markdown -o champion.md",
            "evogate export champion --to yaml -o champion.yaml --check",
            "evogate export 3f2a --to json",
        ),
    )(_export)


def _export(
    genome: Annotated[
        str, typer.Argument(help="champion, or the id of a genome or its beginning.")
    ] = "champion",
    to: Annotated[str, typer.Option(help="yaml, json or markdown.")] = "yaml",
    out: OutOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if the file differs.")
    ] = False,
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Export the champion with its evidence, or any genome of the store."""
    from evo.cli.lookup import CHAMPION, find_genome
    from evo.cli.output import write_or_emit
    from evo.cli.workspace import find_workspace
    from evo.exports import export

    space = find_workspace(workspace)
    if genome == CHAMPION:
        registry = space.registry(name)
        text = export(registry.head(), to, name=registry.root.name)
    else:
        text = export(find_genome(space, genome), to)
    if check:
        _compare(text, out)
    else:
        write_or_emit(text, out)


def _compare(text: str, out: Path | None) -> None:
    from evo.cli.output import note
    from genomes.errors import ConfigError, IntegrityError

    if out is None:
        raise ConfigError("--check needs a file to compare with", remedy="add -o FILE")
    if not out.is_file() or out.read_text(encoding="utf-8").rstrip("\n") != text.rstrip("\n"):
        raise IntegrityError(
            f"{out} is not what would be exported now",
            remedy="write it anew: the same command without --check",
        )
    note(f"{out} is up to date")
