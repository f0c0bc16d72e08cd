"""``evogate bench sentiment``: seed, reading genes, best-of-N and champion on unseen films."""

from __future__ import annotations

import json as jsonlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from evo.build_agent import build_agent
from evo.build_task import build_task
from evo.config import Config, resolve
from evo.explore import search_suites
from evo.result import Spend, make_arm
from evo.run import run
from evo.search.best_of_n import best_of_n
from evo.search.driver import Driver
from evo.storage import Store
from fitness.budget import Budget, Limits
from fitness.evaluator import Evaluator
from fitness.stats import mean_interval

CALLS = 4000
"""Bound of one run: search 1,700, a gate attempt at most 1,000, audit 800."""

SEARCH = 1700


def bench_config(seed: int, workspace: Path) -> Config:
    """The config of one seed: one thread a process, because two such processes beat one with
    two threads."""
    return resolve(
        {
            "name": "sentiment",
            "task": "benchmarks.sentiment.task:sentiment",
            "models": {"task": {"kind": "local", "name": "smollm2-135m", "threads": 1}},
            "search": {"share": SEARCH / CALLS},
            "gate": {"look_every": 30},
            "budget": {"calls": CALLS},
            "run": {"seed": seed},
        },
        folder=workspace,
    )


def main(*, seeds: int = 5, json: bool = False, out: Path | None = None) -> None:
    """Runs the loop from the plain seed once a seed, then best-of-N at the calls of its search.

    The seeds share stored responses, but each starts with its own champion and its own error
    budget. ``calls`` counts what a run would buy on an empty store.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        out: Folder for the workspaces; finished parts found there are not run again.
    """
    folder = (out or Path("runs") / "bench-sentiment").absolute()
    numbers = range(1, seeds + 1)
    parallel = Parallel(n_jobs=min(2, seeds))
    summaries = parallel(delayed(one_seed)(seed, folder) for seed in numbers)
    drawn = parallel(delayed(draw_one)(summary, folder) for summary in summaries)
    for summary, arm in zip(summaries, drawn, strict=True):
        summary["arms"].append(arm)
    emit([*_rows(summaries), *_totals(summaries)], json=json)


def one_seed(seed: int, folder: Path) -> dict[str, Any]:
    """Runs one seed, or gives what it gave before."""
    workspace = folder / f"seed-{seed}"
    return _once(workspace / "result.json", lambda: _run(seed, workspace))


def _run(seed: int, workspace: Path) -> dict[str, Any]:
    _start_over(workspace)
    _share_responses(workspace)
    return {"seed": seed, **run(bench_config(seed, workspace)).summary()}


def draw_one(summary: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Best-of-N for one seed, as an arm of its report; or what it gave before."""
    workspace = folder / f"seed-{summary['seed']}"
    calls = summary["spend"]["search"]["calls"]
    return _once(workspace / "best_of_n.json", lambda: _draw(summary["seed"], calls, workspace))


def _draw(seed: int, calls: int, workspace: Path) -> dict[str, Any]:
    _share_responses(workspace)
    config = bench_config(seed, workspace)
    task, agent = build_task(config), build_agent(config.models.task)
    suite, _ = search_suites(task)
    (audited,) = task.of("audit")
    with Store(config.store_path) as store:
        run_id = f"best-of-n-{time.time_ns()}"
        store.start_run(run_id, task.name, config.model_dump_json(), seed)
        evaluator = Evaluator(agent, store, run_id)
        budget, rest = Budget(Limits(calls=calls)), Budget(Limits())
        started = time.monotonic()
        best = best_of_n(
            Driver(evaluator, task.spec, suite, budget),
            task.seed,
            task.spec,
            suite,
            suite.examples[: config.search.blocks[-1]],
            np.random.default_rng([seed, calls]),
        )
        seconds = time.monotonic() - started
        genomes = [task.seed, task.seed if best is None else best.genome]
        rows = evaluator.evaluate(genomes, audited, audited.examples, budget=rest, purpose="audit")
        store.finish_run(run_id, "done", {})
    spend = Spend(budget.spent.calls, budget.spent.tokens, seconds)
    return asdict(make_arm("best_of_n", genomes[1].id, rows[1], rows[0], spend))


def _once(done: Path, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if not done.is_file():
        done.parent.mkdir(parents=True, exist_ok=True)
        content = work()
        done.write_text(jsonlib.dumps(content, indent=2) + "\n", encoding="utf-8")
    found: dict[str, Any] = jsonlib.loads(done.read_text(encoding="utf-8"))
    return found


def _start_over(workspace: Path) -> None:
    """A broken-off seed begins again from the plain seed, but keeps the responses it paid for."""
    store = workspace / "runs" / "evo.db"
    if not store.is_file():
        return
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("DELETE FROM attempts")
    shutil.rmtree(workspace / "champions", ignore_errors=True)


def _share_responses(workspace: Path) -> None:
    """Takes over what the other seeds have bought; nothing else of theirs."""
    mine = workspace / "runs" / "evo.db"
    mine.parent.mkdir(parents=True, exist_ok=True)
    Store(mine).close()
    for other in sorted(workspace.parent.glob("seed-*/runs/evo.db")):
        if other != mine:
            with closing(sqlite3.connect(mine, timeout=60)) as database, database:
                database.execute("ATTACH ? AS other", (str(other),))
                database.execute("INSERT OR IGNORE INTO responses SELECT * FROM other.responses")


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
