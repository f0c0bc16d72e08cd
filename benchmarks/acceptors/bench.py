"""``evogate bench acceptors``: which rule lets through what, at equal examples. No model."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path

from benchmarks.acceptors.measure import Sizes, measure_decisions, measure_lines
from benchmarks.acceptors.picture import draw
from benchmarks.acceptors.summary import course_lines, decision_lines
from benchmarks.acceptors.tables import markdown, print_tables
from benchmarks.lines import KEYS, Line, emit


def main(
    *,
    seeds: int = 5,
    json: bool = False,
    out: Path | None = None,
    sizes: Sizes = Sizes(),  # noqa: B008 (frozen)
    jobs: int = 2,
) -> None:
    """Simulates every rule on every scenario and lineage.

    Args:
        seeds: Seeds 1, 2, ...; each adds ``sizes`` decisions and lines.
        json: One JSON line a measurement on standard output, instead of tables.
        out: Folder for ``acceptors.jsonl``, ``acceptors.md`` and ``acceptors.png``.
        sizes: How much is simulated for each seed.
        jobs: Processes; the result does not depend on it.
    """
    lines = measure(range(1, seeds + 1), sizes, jobs)
    if out is not None:
        write(lines, out)
    if json:
        emit(lines, json=True)
    else:
        print_tables(lines)


def measure(seeds: range, sizes: Sizes, jobs: int) -> list[Line]:
    """All measurements."""
    verdicts = measure_decisions(seeds=seeds, size=sizes.decisions, jobs=jobs)
    courses = measure_lines(seeds=seeds, size=sizes.lines, jobs=jobs)
    return [*decision_lines(verdicts), *course_lines(courses)]


def write(lines: list[Line], folder: Path) -> None:
    """Leaves measurements, tables and picture in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = (asdict(line) for line in lines)
    text = "".join(jsonlib.dumps({key: row[key] for key in KEYS}) + "\n" for row in rows)
    (folder / "acceptors.jsonl").write_text(text, encoding="utf-8")
    (folder / "acceptors.md").write_text(markdown(lines), encoding="utf-8")
    draw(lines, folder / "acceptors.png")
