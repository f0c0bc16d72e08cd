"""The measurements as tables: a row a rule, a column a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from benchmarks.acceptors.scenarios import SCENARIOS, Family
from benchmarks.lines import Line

Form = Literal["percent", "count", "points"]


class Column(NamedTuple):
    """What one column shows."""

    title: str
    task: str
    metric: str
    form: Form


class Grid(NamedTuple):
    """A table: its title and columns."""

    title: str
    columns: tuple[Column, ...]


def _promoted(family: Family) -> tuple[Column, ...]:
    return tuple(
        Column(scenario.name, scenario.name, "promoted", "percent")
        for scenario in SCENARIOS
        if scenario.family == family and not scenario.name.startswith("narrow")
    )


_NARROW = (
    Column("+15 here, -8 there: for both", "narrow+15-8", "promoted", "percent"),
    Column("here only", "narrow+15-8", "promoted_own", "percent"),
    Column("+15 here, 0 there: for both", "narrow+15+0", "promoted", "percent"),
    Column("here only", "narrow+15+0", "promoted_own", "percent"),
)
_EXAMPLES = ("null", "harmful-5", "planted+5", "planted+8", "planted+12", "clustered+8", "graded+8")
_OF_LINES: dict[str, tuple[str, Form]] = {
    "any false %": ("any_false", "percent"),
    "false": ("false_promotions", "count"),
    "harmful": ("harmful_promotions", "count"),
    "promotions": ("promotions", "count"),
    "true gain": ("true_gain", "points"),
    "reported gain": ("reported_gain", "points"),
    "decisions": ("decisions", "count"),
    "examples a decision": ("examples_per_decision", "count"),
    "calls a decision": ("calls_per_decision", "count"),
    "calls in all": ("calls", "count"),
    "examples owned": ("distinct_examples", "count"),
}
_COST = ("decisions", "calls a decision", "calls in all", "examples owned")


def _of_lines(task: str, *titles: str) -> tuple[Column, ...]:
    return tuple(Column(title, task, *_OF_LINES[title]) for title in (*titles, *_COST))


GRIDS: tuple[Grid, ...] = (
    Grid("Promoted without any effect, % of decisions (95 % interval)", _promoted("null")),
    Grid("Promoted though harmful, % of decisions", _promoted("harmful")),
    Grid("Promoted with a true gain (power), % of decisions", _promoted("gain")),
    Grid("Two domains: promoted for both or for one, % of decisions", _NARROW),
    Grid(
        "Examples used a decision",
        tuple(Column(name, name, "examples", "count") for name in _EXAMPLES),
    ),
    Grid(
        "60 proposals without effect, a run",
        _of_lines("line-60-null", "any false %", "false", "reported gain"),
    ),
    Grid(
        "60 proposals: 36 without effect, 18 of -5, 6 of +8 points, a run",
        _of_lines("line-60-mixed", "false", "harmful", "promotions", "true gain", "reported gain"),
    ),
    Grid(
        "10 proposals of +8 points, a run",
        _of_lines("line-10-gains", "promotions", "true gain", "reported gain"),
    ),
)


def rows_of(grid: Grid, lines: Sequence[Line]) -> list[list[str]]:
    """Rule and cells for each rule that has any of the columns."""
    known = {(line.task, line.method, line.metric): line for line in lines}
    rows = []
    for method in dict.fromkeys(line.method for line in lines):
        found = [known.get((column.task, method, column.metric)) for column in grid.columns]
        if any(line is not None for line in found):
            cells = zip(found, grid.columns, strict=True)
            rows.append([method, *(cell(line, column.form) for line, column in cells)])
    return rows


def cell(line: Line | None, form: Form) -> str:
    """A value with its interval."""
    if line is None or line.low is None or line.high is None:
        return ""
    if form == "percent":
        return f"{100 * line.value:.1f} ({_end(line.low)}-{_end(line.high)})"
    half = 0.5 * (line.high - line.low)
    if form == "points":
        return f"{100 * line.value:+.1f} ±{100 * half:.1f}"
    return f"{line.value:.0f} ±{half:.0f}" if line.value >= 100 else f"{line.value:.2f} ±{half:.2f}"


def _end(share: float) -> str:
    return f"{100 * share:.1f}" if share < 0.0995 else f"{100 * share:.0f}"


def markdown(lines: Sequence[Line]) -> str:
    """All tables in Markdown."""
    parts = []
    for grid in GRIDS:
        head = ["rule", *(column.title for column in grid.columns)]
        body = [head, ["---"] + ["---:"] * len(grid.columns), *rows_of(grid, lines)]
        parts.append(f"### {grid.title}\n\n" + "\n".join(f"| {' | '.join(r)} |" for r in body))
    return "\n\n".join(parts) + "\n"


def print_tables(lines: Sequence[Line]) -> None:
    """All tables on standard output, however narrow the terminal is."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.width = max(console.width, 140)
    for grid in GRIDS:
        table = Table(title=grid.title, title_justify="left")
        table.add_column("rule", no_wrap=True)
        for column in grid.columns:
            table.add_column(column.title, justify="right")
        for row in rows_of(grid, lines):
            table.add_row(*row)
        console.print(table)
