"""``evogate pareto``: the trade-offs that a run has found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import JsonOption, OutOption, RunArgument, WorkspaceOption, examples


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "pareto",
        epilog=examples(
            "evogate pareto", "evogate pareto latest -o front.png", "evogate pareto --json"
        ),
    )(_pareto)


def _pareto(
    run: RunArgument = "latest",
    out: OutOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Show dominated genomes too.")] = False,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the genomes that no other beats in everything: quality, regressions, cost, length."""
    raise NotImplementedError
