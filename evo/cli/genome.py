"""``evogate genome``: look at genomes of the store, compare them, trace where they come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evo.cli.options import JsonOption, NameOption, OutOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evo.champion import Version
    from evo.cli.workspace import Workspace

GenomeArgument = Annotated[
    str, typer.Argument(help="Id of a genome, its beginning, or champion.", metavar="GENOME")
]
Format = Literal["text", "json", "md"]
FormatOption = Annotated[Format, typer.Option("--format", help="text, json or md (Markdown).")]

_SHORT = 12


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show, compare and trace genomes.", no_args_is_help=True)
    group.command(
        "show",
        epilog=examples("evogate genome show champion", "evogate genome show 3f2a -o g.yaml"),
    )(_show)
    group.command(
        "diff",
        epilog=examples(
            "evogate genome diff 3f2a champion", "evogate genome diff 3f2a 91bc --format md"
        ),
    )(_diff)
    group.command(
        "lineage",
        epilog=examples("evogate genome lineage champion", "evogate genome lineage 3f2a --json"),
    )(_lineage)
    app.add_typer(group, name="genome")


def _show(
    genome: GenomeArgument,
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
    out: OutOption = None,
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Show one genome as YAML, JSON, or as the messages that the model sees (md)."""
    from evo.cli.lookup import find_genome
    from evo.cli.output import write_or_emit
    from evo.cli.workspace import find_workspace
    from evo.exports import export
    from genomes.codec import to_json, to_yaml

    found = find_genome(find_workspace(workspace), genome, name)
    if as_json or form == "json":
        write_or_emit(to_json(found), out)
    elif form == "md":
        write_or_emit(export(found, "markdown"), out)
    else:
        write_or_emit(f"# {found.id}\n{to_yaml(found)}", out)


def _diff(
    before: GenomeArgument,
    after: GenomeArgument,
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Show what leads from one genome to another, one change a line."""
    from evo.cli.lookup import find_genome
    from evo.cli.output import emit, emit_json, emit_markdown
    from evo.cli.workspace import find_workspace
    from genomes.diff import diff

    space = find_workspace(workspace)
    changes = diff(find_genome(space, before, name), find_genome(space, after, name))
    if as_json or form == "json":
        emit_json(changes)
    elif form == "md":
        rows = [(one.sign, one.gene, one.field, one.before, one.after) for one in changes]
        emit_markdown(("", "gene", "field", "before", "after"), rows)
    else:
        emit("\n".join(str(change) for change in changes) or "no difference")


def _lineage(
    genome: GenomeArgument,
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Show a genome's ancestors, nearest first: who made each, from what, for which gap.

    Step 0 is the genome itself, 1 its parents. Scores are those on the search examples: good
    for comparing steps, not for reporting.
    """
    from evo.cli.lookup import find_genome
    from evo.cli.output import emit_json, emit_markdown
    from evo.cli.records import emit_records
    from evo.cli.workspace import find_workspace
    from evo.pages.ancestry import ancestry

    space = find_workspace(workspace)
    found = find_genome(space, genome, name)
    with space.store() as store:
        line = ancestry(store, _versions(space, name), found.id)
    if as_json or form == "json":
        emit_json(line)
        return
    columns = ("step", "genome", "version", "operator", "parents", "quality", "run", "gap", "why")
    rows = [
        (one.step, one.genome_id[:_SHORT], one.version, one.operator, _short(one.parents),
         one.quality, one.run, one.gap, one.hypothesis)
        for one in line
    ]  # fmt: skip
    if form == "md":
        emit_markdown(columns, rows)
    else:
        emit_records(columns, rows, ("parents", "run", "gap", "why"))


def _versions(space: Workspace, name: str | None) -> list[Version]:
    """All versions of the champion; none where there is no champion yet."""
    from genomes.errors import ConfigError

    try:
        registry = space.registry(name)
    except ConfigError:
        if name is not None:
            raise
        return []  # genomes can be traced without a champion
    moves = (entry for entry in registry.history() if "version" in entry.payload)
    ids = dict.fromkeys(entry.payload["version"] for entry in moves)
    return [registry.version(version) for version in ids]


def _short(parents: Sequence[str]) -> str | None:
    return " ".join(parent[:_SHORT] for parent in parents) or None
