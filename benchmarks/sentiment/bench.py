"""``evogate bench sentiment``: seed, reading genes, best-of-N and champion on unseen films."""

from __future__ import annotations

import json as jsonlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from evo.config import Config, resolve
from evo.run import run
from fitness.stats import mean_interval

CALLS = 5000
"""Of these 1,200 are best-of-N and 400 its audit: the champion's own bound is 3,400."""


def bench_config(seed: int, workspace: Path) -> Config:
    """The config of one seed: one thread a process, because two such processes beat one with
    two threads."""
    return resolve(
        {
            "name": "sentiment",
            "task": "benchmarks.sentiment.task:sentiment",
            "models": {"task": {"kind": "local", "name": "smollm2-135m", "threads": 1}},
            "search": {"best_of_n": True, "share": 0.24},
            "gate": {"look_every": 30},
            "budget": {"calls": CALLS},
            "run": {"seed": seed},
        },
        folder=workspace,
    )


def main(*, seeds: int = 5, json: bool = False, out: Path | None = None) -> None:
    """Runs the loop from the plain seed once a seed, each in a workspace of its own.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        out: Folder for the workspaces; finished seeds found there are not run again.
    """
    folder = (out or Path("runs") / "bench-sentiment").absolute()
    summaries = Parallel(n_jobs=min(2, seeds))(
        delayed(one_seed)(seed, folder / f"seed-{seed}") for seed in range(1, seeds + 1)
    )
    emit([*_rows(summaries), *_totals(summaries)], json=json)


def one_seed(seed: int, workspace: Path) -> dict[str, Any]:
    """Runs one seed, or gives what it gave before."""
    done = workspace / "result.json"
    if done.is_file():
        content: dict[str, Any] = jsonlib.loads(done.read_text(encoding="utf-8"))
        return content
    _start_over(workspace)
    summary = {"seed": seed, **run(bench_config(seed, workspace)).summary()}
    done.write_text(jsonlib.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return summary


def _start_over(workspace: Path) -> None:
    """A broken-off seed begins again from the plain seed, but keeps the responses it paid for."""
    store = workspace / "runs" / "evo.db"
    if not store.is_file():
        return
    with sqlite3.connect(store) as database:
        database.execute("DELETE FROM attempts")
    shutil.rmtree(workspace / "champions", ignore_errors=True)


def _rows(summaries: Sequence[dict[str, Any]]) -> Iterator[Line]:
    for summary in summaries:
        for arm in summary["arms"]:
            yield Line(
                bench="sentiment",
                task="sentiment",
                method=arm["name"],
                seed=summary["seed"],
                split="audit",
                metric="accuracy",
                value=arm["score"],
                low=arm["low"],
                high=arm["high"],
                n=arm["n"],
                calls=arm["calls"],
                seconds=arm["seconds"],
            )
            if arm["difference"] is not None:
                yield Line(
                    bench="sentiment",
                    task="sentiment",
                    method=arm["name"],
                    seed=summary["seed"],
                    split="audit",
                    metric="difference_to_seed",
                    value=arm["difference"],
                    low=arm["difference_low"],
                    high=arm["difference_high"],
                    n=arm["n"],
                )
        yield Line(
            bench="sentiment",
            task="sentiment",
            method="champion",
            seed=summary["seed"],
            split="gate",
            metric="attempts",
            value=len(summary["gate"]),
            n=sum(decision["verdict"] == "PROMOTE" for decision in summary["gate"]),
        )


def _totals(summaries: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """Means over the seeds; a seed that promoted nothing counts with its unchanged seed genome."""
    for method in ("seed", "reading", "best_of_n", "champion"):
        scores = np.array([_arm(summary, method)["score"] for summary in summaries])
        yield _total(method, "accuracy", scores)
    gains = np.array(
        [_arm(s, "champion")["score"] - _arm(s, "best_of_n")["score"] for s in summaries]
    )
    yield _total("champion", "difference_to_best_of_n", gains)


def _total(method: str, metric: str, values: np.ndarray[Any, np.dtype[np.float64]]) -> Line:
    mean = mean_interval(values)
    known = len(values) > 1
    return Line(
        bench="sentiment",
        task="sentiment",
        method=method,
        split="audit",
        metric=metric,
        value=mean.estimate,
        low=mean.low if known else None,
        high=mean.high if known else None,
        n=len(values),
    )


def _arm(summary: dict[str, Any], name: str) -> dict[str, Any]:
    arms: dict[str, dict[str, Any]] = {arm["name"]: arm for arm in summary["arms"]}
    return arms.get(name, arms["seed"])
