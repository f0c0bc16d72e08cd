"""``evogate models``: local models that can be fetched and verified."""

from __future__ import annotations

from typing import Annotated

import typer

from evo.cli.options import JsonOption, examples


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="List, fetch and verify local models.", no_args_is_help=True)
    group.command("list", epilog=examples("evogate models list", "evogate models list --json"))(
        _list
    )
    group.command("pull", epilog=examples("evogate models pull smollm2-135m"))(_pull)
    group.command("verify", epilog=examples("evogate models verify"))(_verify)
    app.add_typer(group, name="models")


def _list(as_json: JsonOption = False) -> None:
    """List the known models, their licences, and which are here."""
    from evo.cli.output import emit_json, emit_table
    from evo.models.catalogue import list_models

    rows = [
        {
            "name": one.entry.name,
            "state": one.state,
            "megabytes": one.entry.bytes // 1_000_000,
            "licence": one.entry.licence,
            "origin": one.entry.origin,
            "sources": [source.label for source in one.entry.sources],
            "path": str(one.path),
        }
        for one in list_models()
    ]
    if as_json:
        emit_json(rows)
        return
    columns = ("name", "state", "megabytes", "licence", "origin", "path")
    emit_table(columns, ([row[column] for column in columns] for row in rows))


def _pull(name: Annotated[str, typer.Argument(help="A name of evogate models list.")]) -> None:
    """Fetch a model unless it is here; an interrupted pull goes on where it stopped."""
    from evo.cli.downloads import download_view
    from evo.cli.output import emit
    from evo.models.catalogue import pull

    with download_view(name) as progress:
        path = pull(name, progress=progress)
    emit(str(path))


def _verify(
    name: Annotated[
        str | None, typer.Argument(help="One model; default all that are here.")
    ] = None,
) -> None:
    """Compare model files with their published SHA-256; exit code 3 if one differs."""
    from evo.cli.output import emit, note
    from evo.models.catalogue import list_models, verify

    here = [one.entry.name for one in list_models() if one.state != "absent"]
    for one in [name] if name else here:
        emit(f"{one}: sound, {verify(one)}")
    if not name and not here:
        note("no model is here; fetch one with: evogate models pull smollm2-135m")
