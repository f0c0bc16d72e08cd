"""``evogate bench starts``: is a bad first prompt recovered from?

Seeds trap a search: a rival that starts from a defective prompt ended below it. Here the same
task starts from the plain seed, from one that says nothing and from one that misleads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from benchmarks.sentiment.bench import one_seed, rows

STARTS = {"plain": "sentiment", "empty": "from_nothing", "misleading": "from_a_wrong_start"}


def main(*, seeds: int = 5, json: bool = False, out: Path | None = None) -> None:
    """Runs the loop from each start once a seed.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        out: Folder for the workspaces; finished seeds found there are not run again.
    """
    folder = (out or Path("runs") / "bench-starts").absolute()
    jobs = [(start, seed) for seed in range(1, seeds + 1) for start in STARTS]
    parallel = Parallel(n_jobs=min(2, len(jobs)))
    done = parallel(
        delayed(one_seed)(seed, folder / start, f"benchmarks.sentiment.task:{STARTS[start]}")
        for start, seed in jobs
    )
    named = list(zip((start for start, _ in jobs), done, strict=True))
    emit([line for start in STARTS for line in _lines(start, named)], json=json)


def _lines(start: str, named: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Line]:
    mine = [summary for name, summary in named if name == start]
    for line in rows(mine):
        yield replace(line, bench="starts", task=f"sentiment from {start}")
