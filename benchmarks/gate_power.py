"""``evogate bench gate-power``: what the gate promotes, and how often, under a known truth.

Each attempt is a registered plan that the gate's own ``replay`` decides on drawn outcomes: looks
every 10 examples, futility at a third, half and two thirds. No model, no data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from benchmarks.lines import Line, emit
from benchmarks.narrow_gain import narrow_gain
from evo.gate import GatePlan, Pair, replay
from evo.gate.order import futility_looks, look_schedule
from fitness.stats import Interval, Shares, Spent, mean_interval, next_share, wilson

Draw = Callable[[Generator, int], npt.NDArray[np.float64]]
Rule = Literal["sign", "eprocess"]

ALPHA, ATTEMPTS, N = 0.05, 10, 300
ROWS = 2000


class Attempt(NamedTuple):
    """How one attempt ended.

    Attributes:
        promoted: Whether the boundary was crossed.
        examples: Examples used.
    """

    promoted: bool
    examples: int


def main(*, seeds: int = 1, json: bool = False, out: Path | None = None) -> None:  # noqa: ARG001 (one signature for all benchmarks)
    """Simulates 2,000 attempts a row and seed, and 10,000 for the harmful change.

    Args:
        seeds: Multiplies the repetitions.
        json: One JSON line a measurement on standard output, instead of a table.
        out: Not used: nothing is kept.
    """
    lines = [*single_attempts(ROWS * seeds), *lineages(ROWS * seeds)]
    emit([*lines, *narrow_gain(ROWS * seeds // 2, ALPHA / ATTEMPTS)], json=json)


def pass_fail(gain: float, discordance: float = 0.2) -> Draw:
    """Independent pass/fail differences: -1, 0 or 1."""
    law = [(discordance + gain) / 2, (discordance - gain) / 2, 1.0 - discordance]

    def draw(rng: Generator, n: int) -> npt.NDArray[np.float64]:
        return rng.choice([1.0, -1.0, 0.0], size=n, p=law)

    return draw


def graded(gain: float, sd: float = 0.35) -> Draw:
    """Normal differences, clipped to [-1, 1]."""
    return lambda rng, n: np.clip(rng.normal(gain, sd, n), -1.0, 1.0)


def skewed(mean: float) -> Draw:
    """Many gains of .02, rare losses of .98; the loss is more frequent the lower the mean."""
    rare = 0.02 - mean
    return lambda rng, n: np.where(rng.random(n) < rare, -0.98, 0.02)


def clustered(rng: Generator, n: int) -> npt.NDArray[np.float64]:
    """Clusters of 4 with a correlation of .5, no gain."""
    common = np.repeat(rng.normal(0.0, 0.35 * np.sqrt(0.5), n // 4), 4)
    return np.clip(common + rng.normal(0.0, 0.35 * np.sqrt(0.5), n), -1.0, 1.0)


def attempt(
    draw: Draw, rng: Generator, n: int, alpha: float, rule: Rule = "sign", cluster: int = 1
) -> Attempt:
    """One attempt, decided by the gate."""
    plan, pairs = gate_plan(n, alpha, rule, cluster), _pairs(draw(rng, n), cluster)
    looks, end = replay(plan, pairs)
    return Attempt(end == "crossed", looks[-1].examples)


@cache
def gate_plan(n: int, alpha: float, rule: Rule, cluster: int = 1) -> GatePlan:
    """The plan that the gate would register for a suite of ``n`` examples."""
    looks = look_schedule(range(cluster, n + 1, cluster), 10)
    return GatePlan(
        attempt_id="simulated",
        candidate_id="candidate",
        champion_id="champion",
        suite="a/gate",
        shard_hash="shard",
        domain="a",
        example_ids=tuple(str(i) for i in range(n)),
        looks=looks,
        futility=futility_looks(looks),
        alpha=alpha,
        test=rule,
        clustered=cluster > 1,
        min_effect=0.0,
        min_discordant=10,
        coverage=0.9,
        regression_margin=0.05,
        regression_alpha=0.05,
        loss_alpha=0.05,
    )


def _pairs(differences: npt.NDArray[np.float64], cluster: int) -> tuple[Pair, ...]:
    # A difference needs two scores in [0, 1]; which ones does not matter to the tests.
    return tuple(
        Pair(
            example_id=str(i),
            cluster=str(i // cluster),
            champion=max(0.0, -d),
            candidate=max(0.0, d),
        )
        for i, d in enumerate(differences.tolist())
    )


class Row(NamedTuple):
    """A kind of candidate and the plan that meets it."""

    task: str
    draw: Draw
    n: int
    alpha: float
    rule: Rule = "sign"
    cluster: int = 1
    times: int = 1


def rows() -> tuple[Row, ...]:
    """All single attempts."""
    share = ALPHA / ATTEMPTS
    found = [Row(f"pass-fail {g:+.0%}", pass_fail(g), 200, ALPHA) for g in (0.0, 0.05, 0.08, 0.12)]
    found += [Row(f"pass-fail {g:+.0%}", pass_fail(g), N, share) for g in (0.0, 0.05, 0.08, 0.12)]
    found += [Row("pass-fail -5%", pass_fail(-0.05), 200, ALPHA, times=5)]
    found += [Row(f"graded {g:+.0%}", graded(g), 200, ALPHA, "eprocess") for g in (0.0, 0.05, 0.08)]
    found += [
        Row(f"skewed {mean:+.0%}", skewed(mean), 200, ALPHA, "eprocess") for mean in (0.0, -0.03)
    ]
    return (*found, Row("clustered +0%", clustered, 200, ALPHA, "eprocess", 4))


def single_attempts(repetitions: int, chosen: Sequence[Row] | None = None) -> list[Line]:
    """Share promoted and mean examples of each row."""
    lines: list[Line] = []
    for row in rows() if chosen is None else chosen:
        rng = np.random.default_rng([7, row.n])
        ends = [
            attempt(row.draw, rng, row.n, row.alpha, row.rule, row.cluster)
            for _ in range(repetitions * row.times)
        ]
        method = f"{row.rule}, n {row.n}, alpha {row.alpha:g}"
        share = wilson(sum(end.promoted for end in ends), len(ends))
        used = mean_interval([end.examples for end in ends])
        lines.append(_line(row.task, method, "promoted", share, len(ends)))
        lines.append(_line(row.task, method, "examples", used, len(ends)))
    return lines


def lineage(
    gain: float, attempts: int, rng: Generator, *, shares: Shares = "equal", recycle: bool = True
) -> int:
    """Promotions among ``attempts`` candidates, each of the same gain over the last champion."""
    history: list[Spent] = []
    for _ in range(attempts):
        share = next_share(history, ALPHA, ATTEMPTS, shares=shares, recycle=recycle)
        if share == 0.0:
            break
        history.append(Spent(share, attempt(pass_fail(gain), rng, N, share).promoted))
    return sum(past.promoted for past in history)


def lineages(repetitions: int) -> list[Line]:
    """Sixty nulls, and ten true gains with each way of sharing the budget."""
    rng = np.random.default_rng(8)
    false = sum(lineage(0.0, 60, rng) > 0 for _ in range(repetitions))
    found = wilson(false, repetitions)
    lines = [_line("60 nulls", "equal, recycled", "any promoted", found, repetitions)]
    few = max(1, repetitions // 10)
    forms: tuple[tuple[Shares, bool], ...] = (
        ("equal", True),
        ("equal", False),
        ("harmonic", True),
        ("harmonic", False),
    )
    for shares, recycle in forms:
        rng = np.random.default_rng(9)
        counts = [lineage(0.08, 10, rng, shares=shares, recycle=recycle) for _ in range(few)]
        method = f"{shares}, {'recycled' if recycle else 'not recycled'}"
        lines.append(_line("10 gains of +8%", method, "promoted", mean_interval(counts), few))
    return lines


def _line(task: str, method: str, metric: str, found: Interval, n: int) -> Line:
    return Line(
        bench="gate-power",
        task=task,
        method=method,
        metric=metric,
        value=found.estimate,
        low=found.low,
        high=found.high,
        n=n,
    )


if __name__ == "__main__":
    main()
