"""``evogate plot``: pictures of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.pages import RunRecords


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "plot",
        epilog=examples(
            "evogate plot progress -o progress.png",
            "evogate plot latest pareto -o front.svg",
            "evogate plot lineage -o lineage.svg",
        ),
    )(_plot)


def _plot(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[RUN] KIND",
            help="A run (default latest), then pareto (quality against cost), progress (best so "
            "far against calls spent) or lineage (who came from whom).",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="A png, svg or pdf file, by suffix.")],
    workspace: WorkspaceOption = Path(),
) -> None:
    """Draw a run; needs no display."""
    from evo.cli.output import note
    from evo.cli.workspace import find_workspace
    from evo.pages import run_records

    run, kind = _parsed(words)
    with find_workspace(workspace).store() as store:
        records = run_records(store, run)
    _KINDS[kind](records, out)
    note(f"wrote {out}")


def _parsed(words: list[str]) -> tuple[str, str]:
    from genomes.errors import ConfigError

    run, kind = ("latest", words[0]) if len(words) == 1 else (words[0], words[1])
    if len(words) > 2 or kind not in _KINDS:
        raise ConfigError(
            f"cannot draw {' '.join(words)!r}",
            where="evogate plot [RUN] KIND",
            remedy="KIND is pareto, progress or lineage",
        )
    return run, kind


def _pareto(records: RunRecords, out: Path) -> None:
    from evo.plots import plot_pareto

    plot_pareto(records.points, out, title=f"Pareto front, {records.name}")


def _progress(records: RunRecords, out: Path) -> None:
    from evo.plots import plot_progress

    plot_progress(
        records.points,
        out,
        baselines=records.baselines,
        marks=records.marks,
        title=f"Best so far, {records.name}",
    )


def _lineage(records: RunRecords, out: Path) -> None:
    from evo.plots import plot_lineage

    plot_lineage(records.history, out, title=f"Lineage, {records.name}")


_KINDS = {"pareto": _pareto, "progress": _progress, "lineage": _lineage}
