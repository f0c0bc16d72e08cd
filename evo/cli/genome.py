"""``evogate genome``: look at genomes of the store and compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import JsonOption, OutOption, WorkspaceOption, examples

GenomeArgument = Annotated[
    str, typer.Argument(help="Id of a genome, its beginning, or champion.", metavar="GENOME")
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show and compare genomes.", no_args_is_help=True)
    group.command(
        "show",
        epilog=examples("evogate genome show champion", "evogate genome show 3f2a -o g.yaml"),
    )(_show)
    group.command(
        "diff",
        epilog=examples("evogate genome diff 3f2a champion", "evogate genome diff 3f2a 91bc"),
    )(_diff)
    app.add_typer(group, name="genome")


def _show(
    genome: GenomeArgument,
    workspace: WorkspaceOption = Path(),
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one genome as YAML (or JSON)."""
    from evo.cli.lookup import find_genome
    from evo.cli.output import write_or_emit
    from evo.cli.workspace import find_workspace
    from genomes.codec import to_json, to_yaml

    found = find_genome(find_workspace(workspace), genome)
    write_or_emit(to_json(found) if as_json else f"# {found.id}\n{to_yaml(found)}", out)


def _diff(
    before: GenomeArgument,
    after: GenomeArgument,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show what leads from one genome to another, one change a line."""
    from evo.cli.lookup import find_genome
    from evo.cli.output import emit, emit_json
    from evo.cli.workspace import find_workspace
    from genomes.diff import diff

    space = find_workspace(workspace)
    changes = diff(find_genome(space, before), find_genome(space, after))
    if as_json:
        emit_json(changes)
    else:
        emit("\n".join(str(change) for change in changes) or "no difference")
