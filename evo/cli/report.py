"""``evogate report``: everything about a run in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import RunArgument, WorkspaceOption, examples


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "report",
        epilog=examples("evogate report -o report.html", "evogate report 20260101 -o old.html"),
    )(_report)


def _report(
    run: RunArgument = "latest",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The html file.", show_default="report.html in the run's folder"
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Write the report of a run: one html file that needs no network and runs no script.

    Champion against seed on examples never seen before, gate attempts, what changed, the front,
    the lineage, gaps, what each operator earned, hypotheses and spending.
    """
    from evo.cli.output import note
    from evo.cli.workspace import find_workspace
    from evo.pages import write_report

    space = find_workspace(workspace)
    with space.store() as store:
        run_id = store.run(run)["id"]
        target = out or space.store_path.parent / run_id / "report.html"
        write_report(store, run_id, target)
    note(f"wrote {target}")
