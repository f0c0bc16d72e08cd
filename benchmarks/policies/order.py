"""``evogate bench policies order``: the order of tools, learned from success and failure; no model.

All calls of each turn of a multi-turn task are given, shuffled, and a policy puts them in order.
An episode succeeds if no call fails and the services end as gold leaves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from benchmarks.policies.learn import Language
from benchmarks.policies.measure import MARKS, TIES, Measured, Scores, measure
from fitness.stats import mean_interval
from genomes.rules.policy import Ties

SALTS = tuple(map(str, range(1, 11)))
"""Salts of the ten further splits."""

METHODS = ("random", "default", "seed", "best_of_n", "counts", "champion")

ABLATIONS: Mapping[str, Language] = {
    "champion/no_roles": Language(joins=False),
    "champion/no_values": Language(values=False),
    "champion/tools_only": Language(selectors=("tool",), joins=False, values=False),
    "champion/tools_and_roles": Language(selectors=("tool", "any"), values=False),
}
"""What of the language is taken away."""

line = partial(Line, bench="policies", task="order")


def main(*, seeds: int = 5, json: bool = False, jobs: int = 2) -> None:
    """Learns on the fixed split and on ten salted ones, once a seed; measures held-out tasks.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        jobs: Processes.
    """
    plan = [(salt, seed) for salt in ("", *SALTS) for seed in range(1, seeds + 1)]
    done = Parallel(n_jobs=jobs)(delayed(measure)(*one) for one in plan)
    emit([*_summary(done), *_ablation(seeds, jobs)], json=json)


def _summary(done: Sequence[Measured]) -> Iterator[Line]:
    for name, part in _splits(done):
        for method in METHODS:
            for ties in TIES:
                yield from _success(name, method, ties, part)
        for ties in TIES:
            yield _gain(name, ties, part)
        yield from _anytime(name, part)
        yield from _cost(name, part)
    yield from _rules(done[0])


def _splits(done: Sequence[Measured]) -> Iterator[tuple[str, list[Measured]]]:
    yield "fixed", [one for one in done if not one.salt]
    salted = [one for one in done if one.salt]
    if salted:
        yield "salted", salted


def _success(split: str, method: str, ties: Ties, part: Sequence[Measured]) -> Iterator[Line]:
    """Mean over seeds and splits; the interval is over tasks, which are what generalises."""
    key: tuple[str, Ties] = ("random", "given") if method == "random" else (method, ties)
    if method == "random" and ties != TIES[0]:
        return
    scores = [one.scores[key] for one in part]
    interval = _over_tasks(part, scores)
    yield line(
        method=method,
        split=split,
        metric="success" if ties == TIES[0] else f"success_{ties}",
        value=interval[0],
        low=interval[1],
        high=interval[2],
        n=len(part),
    )


def _gain(split: str, ties: Ties, part: Sequence[Measured]) -> Line:
    """Champion less precedence counts, paired by task."""
    differences = [
        tuple(np.subtract(one.scores["champion", ties], one.scores["counts", ties])) for one in part
    ]
    value, low, high = _over_tasks(part, differences)
    metric = "gain_over_counts" if ties == TIES[0] else f"gain_over_counts_{ties}"
    return line(
        method="champion", split=split, metric=metric, value=value, low=low, high=high, n=len(part)
    )


def _over_tasks(part: Sequence[Measured], scores: Sequence[Scores]) -> tuple[float, float, float]:
    values = np.concatenate([np.asarray(one, dtype=float) for one in scores])
    clusters = [task for one in part for task in one.held]
    interval = mean_interval(values, clusters=clusters)
    return interval.estimate, interval.low, interval.high


def _anytime(split: str, part: Sequence[Measured]) -> Iterator[Line]:
    for what in ("episodes", "results"):
        for mark in MARKS:
            for ties in TIES:
                known = [one.at[what, mark, ties] for one in part if (what, mark, ties) in one.at]
                if known:
                    suffix = "" if ties == TIES[0] else f"_{ties}"
                    yield line(
                        method="champion",
                        split=split,
                        metric=f"success_at_{mark}_{what}{suffix}",
                        value=float(np.mean(known)),
                        n=len(known),
                    )


def _cost(split: str, part: Sequence[Measured]) -> Iterator[Line]:
    for metric, values in (
        ("episodes", [one.episodes for one in part]),
        ("results", [one.results for one in part]),
        ("rules", [len(one.rules) for one in part]),
        ("most_rules", [max(len(one.rules) for one in part)]),
        ("train_success", [one.train for one in part]),
    ):
        value = float(np.mean(np.asarray(values, dtype=float)))
        yield line(method="champion", split=split, metric=metric, value=value, n=len(part))


def _rules(one: Measured) -> Iterator[Line]:
    """Each rule of the first seed, with the search cases that fail or succeed only with it."""
    for worth in one.worth:
        yield line(
            method=str(worth.rule),
            seed=one.seed,
            split="fixed",
            metric="cases_changed",
            value=float(len(worth.changed)),
        )


def _ablation(seeds: int, jobs: int) -> Iterator[Line]:
    plan = [(name, seed) for name in ABLATIONS for seed in range(1, seeds + 1)]
    done = Parallel(n_jobs=jobs)(
        delayed(measure)("", seed, ABLATIONS[name], rivals=False) for name, seed in plan
    )
    for name in ABLATIONS:
        part = [one for (which, _), one in zip(plan, done, strict=True) if which == name]
        for ties in TIES:
            for one in _success("fixed", "champion", ties, part):
                yield replace(one, method=name)
