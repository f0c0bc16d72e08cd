"""The one form in which all benchmarks report: a line a measurement."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    """One measurement; ``None`` where a key does not apply.

    Attributes:
        bench: Name of the benchmark.
        task: What was worked on.
        method: ``seed``, ``reading``, ``best_of_n``, ``champion``, ``gold``, or a rival's name.
        seed: Seed of the run; ``None`` for a summary over seeds.
        split: Which examples.
        metric: What the value is.
        value: The measurement.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Number of examples, or of seeds.
        calls: Model calls it took.
        seconds: Wall time it took.
    """

    bench: str
    task: str
    method: str
    metric: str
    value: float
    seed: int | None = None
    split: str | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    calls: int | None = None
    seconds: float | None = None


KEYS = ("bench", "task", "method", "seed", "split", "metric", "value", "low", "high", "n",
        "calls", "seconds")  # fmt: skip


def emit(lines: Sequence[Line], *, json: bool) -> None:
    """Prints JSON lines, or a table."""
    if json:
        for line in lines:
            content = asdict(line)
            sys.stdout.write(jsonlib.dumps({key: content[key] for key in KEYS}) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*KEYS[2:])
    for line in lines:
        content = asdict(line)
        table.add_row(*(_cell(content[key]) for key in KEYS[2:]))
    Console().print(table)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
