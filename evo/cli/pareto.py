"""``evogate pareto``: the trade-offs that a run has found."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.options import JsonOption, RunArgument, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.pages import RunRecords

_COLUMNS = (
    *("genome", "front", "role", "quality", "quality_se", "regression", "cost", "length"),
    "operator",
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "pareto",
        epilog=examples(
            "evogate pareto",
            "evogate pareto latest -o front.png",
            "evogate pareto --all --json",
        ),
    )(_pareto)


def _pareto(
    run: RunArgument = "latest",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write png, svg, pdf, json or csv, by suffix."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show dominated genomes too.")] = False,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the genomes that no other beats in both quality and cost.

    Quality is the mean score on the search examples: it has guided the search, so it flatters.
    What to believe stands in the run's summary: the champion on examples never seen before.
    """
    from evo.cli.output import emit_json, emit_table, note
    from evo.cli.workspace import find_workspace
    from evo.pages import front_rows, run_records

    with find_workspace(workspace).store() as store:
        records = run_records(store, run)
    rows = [asdict(row) for row in front_rows(records, everything=everything)]
    if out is not None:
        _write(rows, records, out)
        note(f"wrote {out}")
    elif as_json:
        emit_json({"run": records.run_id, "genomes": rows})
    else:
        emit_table(_COLUMNS, ([_cell(row, column) for column in _COLUMNS] for row in rows))


def _cell(row: dict[str, Any], column: str) -> object:
    value = row[column]
    if column == "genome":
        return str(value)[:12]
    if column == "front":
        return "yes" if value else "no"
    return f"{value:.0f}" if column == "cost" and value is not None else value


def _write(rows: Sequence[dict[str, Any]], records: RunRecords, out: Path) -> None:
    suffix = out.suffix.lower()
    if suffix == ".json":
        out.write_text(json.dumps({"run": records.run_id, "genomes": rows}, indent=2) + "\n")
    elif suffix == ".csv":
        out.write_text(_csv(rows))
    else:
        from evo.plots import plot_pareto

        plot_pareto(records.points, out, title=f"Pareto front, {records.name}")


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
