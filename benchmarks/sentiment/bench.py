"""``evogate bench sentiment``: seed, reading genes, best-of-N and champion on unseen films."""

from __future__ import annotations

import json as jsonlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from benchmarks.lines import Line, emit
from benchmarks.sentiment.task import sentiment
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

Floats = NDArray[np.float64]

CALLS = 4000
"""Bound of one run: search 2,100, a gate attempt at most 1,050, audit at most 840."""

SEARCH = 2100


TASK = "benchmarks.sentiment.task:sentiment"


def bench_config(seed: int, workspace: Path, task: str = TASK) -> Config:
    """The config of one seed: one thread a process, because two such processes beat one with
    two threads."""
    return resolve(
        {
            "name": "sentiment",
            "task": task,
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
    emit([*_domains(folder), *rows(summaries), *_totals(summaries)], json=json)


def one_seed(seed: int, folder: Path, task: str = TASK) -> dict[str, Any]:
    """Runs one seed, or gives what it gave before."""
    workspace = folder / f"seed-{seed}"
    return _once(workspace / "result.json", lambda: _run(seed, workspace, task))


def _run(seed: int, workspace: Path, task: str) -> dict[str, Any]:
    _start_over(workspace)
    _share_responses(workspace)
    return {"seed": seed, **run(bench_config(seed, workspace, task)).summary()}


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
    films = [example.cluster for example in audited]
    return asdict(make_arm("best_of_n", genomes[1].id, rows[1], rows[0], films, spend))


def _domains(folder: Path) -> Iterator[Line]:
    """The seed's score in each regression domain: what is at chance could not get worse."""
    workspace = folder / "seed-1"
    config = bench_config(1, workspace)
    task, agent = build_task(config), build_agent(config.models.task)
    with Store(config.store_path) as store:
        run_id = f"domains-{time.time_ns()}"
        store.start_run(run_id, task.name, config.model_dump_json(), 1)
        evaluator = Evaluator(agent, store, run_id)
        for suite in task.of("regression"):
            (row,) = evaluator.evaluate(
                [task.seed], suite, suite.examples, budget=Budget(Limits()), purpose="regression"
            )
            scores = [outcome.score for outcome in row if outcome.score is not None]
            level = Interval(*mean_interval(scores, clusters=[e.cluster for e in suite]))
            yield replace(_line("seed", "accuracy", level, len(scores)), task=suite.domain,
                          split="regression")  # fmt: skip
        store.finish_run(run_id, "done", {})


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


def rows(summaries: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """One line a seed, arm and metric."""
    for summary in summaries:
        for arm in summary["arms"]:
            yield _line(
                arm["name"],
                "accuracy",
                Interval(arm["score"], arm["low"], arm["high"]),
                arm["n"],
                seed=summary["seed"],
                calls=arm["calls"],
                # Time on a store that already held responses is no measurement.
                seconds=arm["seconds"] if summary["bought"] == summary["calls"] else None,
            )
            if arm["difference"] is not None:
                gain = Interval(arm["difference"], arm["difference_low"], arm["difference_high"])
                yield _line(arm["name"], "difference_to_seed", gain, arm["n"], seed=summary["seed"])
        verdicts = [decision["verdict"] for decision in summary["gate"]]
        for metric, value in (
            ("gate_attempts", len(verdicts)),
            ("promotions", verdicts.count("PROMOTE")),
        ):
            yield _line("champion", metric, Interval(value, None, None), None, summary["seed"])


class Interval(NamedTuple):
    """A value with its 95 % interval, where there is one."""

    value: float
    low: float | None
    high: float | None


def _line(
    method: str,
    metric: str,
    interval: Interval,
    n: int | None,
    seed: int | None = None,
    calls: int | None = None,
    seconds: float | None = None,
) -> Line:
    return Line(
        bench="sentiment",
        task="sentiment",
        method=method,
        seed=seed,
        split="gate" if metric in ("gate_attempts", "promotions") else "audit",
        metric=metric,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        n=n,
        calls=calls,
        seconds=seconds,
    )


def _totals(summaries: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """Over all seeds: the mean of each example over the seeds, then an interval over films.

    A seed that promoted nothing counts with its unchanged genome. The intervals hold for these
    seeds on other films, not for other seeds.
    """
    films = [example.cluster for example in sentiment().of("audit")[0]]
    means = {method: _mean_scores(summaries, method) for method in _METHODS}
    for method, scores in means.items():
        yield _line(
            method, "accuracy", Interval(*mean_interval(scores, clusters=films)), len(films)
        )
    for rival in ("seed", "best_of_n"):
        gain = mean_interval(means["champion"] - means[rival], clusters=films)
        yield _line("champion", f"difference_to_{rival}", Interval(*gain), len(films))


_METHODS = ("seed", "reading", "best_of_n", "champion")


def _mean_scores(summaries: Sequence[dict[str, Any]], method: str) -> Floats:
    """(n_examples,) mean audit score over the seeds."""
    rows = []
    for summary in summaries:
        arms = {arm["name"]: arm for arm in summary["arms"]}
        rows.append(arms.get(method, arms["seed"])["scores"])
    means: Floats = np.array(rows, dtype=float).mean(axis=0)
    return means
