"""``evogate runs``: what was run in this workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from evo.cli.options import JsonOption, RunArgument, WorkspaceOption, examples


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="List and show runs.", no_args_is_help=True)
    group.command("list", epilog=examples("evogate runs list", "evogate runs list --json"))(_list)
    group.command("show", epilog=examples("evogate runs show", "evogate runs show 20260101"))(_show)
    app.add_typer(group, name="runs")


def _list(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the runs of the workspace, oldest first."""
    from evo.cli.output import emit_json, emit_table
    from evo.cli.workspace import find_workspace

    with find_workspace(workspace).store() as store:
        found = store.runs()
    if as_json:
        emit_json([_public(run) for run in found])
        return
    columns = ("id", "name", "seed", "status", "started", "finished")
    emit_table(columns, ([run[column] for column in columns] for run in found))


def _show(
    run: RunArgument = "latest", workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show one run: its config, its summary and its events."""
    from evo.cli.output import emit, emit_json, emit_table
    from evo.cli.workspace import find_workspace

    with find_workspace(workspace).store() as store:
        found = store.run(run)
        events = store.events(found["id"])
    content = _public(found)
    if as_json:
        emit_json({**content, "events": events})
        return
    for key in ("id", "name", "seed", "status", "started", "finished"):
        emit(f"{key:9} {content[key]}")
    emit_table(("what", "value"), _flat(content["summary"] or {}), title="summary")
    emit_table(
        ("time", "event", "content"),
        ((one["time"], one["kind"], _brief(one["payload"])) for one in events),
        title="events",
    )


def _public(run: dict[str, Any]) -> dict[str, Any]:
    content = {key: value for key, value in run.items() if key != "config_json"}
    return {**content, "config": json.loads(run["config_json"])}


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            rows += _flat(inner, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", inner))
    return rows


def _brief(payload: Any, width: int = 100) -> str:
    text = json.dumps(payload, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 3]}..."
