"""``evogate stop``: ends a run gently from another terminal."""

from __future__ import annotations

from pathlib import Path

import typer

from evo.cli.options import RunArgument, WorkspaceOption, examples


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("stop", epilog=examples("evogate stop", "evogate stop 20260101-120000-ab12"))(_stop)


def _stop(run: RunArgument = "latest", workspace: WorkspaceOption = Path()) -> None:
    """Ask a run to stop after the calls in flight; what was paid for is kept."""
    from evo.cli.output import emit
    from evo.cli.workspace import find_workspace
    from evo.lease import ask_to_stop, is_running

    place = find_workspace(workspace)
    with place.store() as store:
        found = store.run(run)
    folder = place.root / "runs" / found["id"]
    if not is_running(folder):
        ended = "killed" if found["status"] == "running" else found["status"]
        emit(f"run {found['id']} is not running ({ended})")
        return
    ask_to_stop(folder)
    emit(f"run {found['id']} stops after the calls in flight")
    emit(f"go on with: evogate run --resume {found['id']}")
