"""``evogate bench policies speed``: episodes a second of the world, and the search on processes."""

from __future__ import annotations

import time

import numpy as np
from joblib import Parallel, delayed

from benchmarks.lines import Line, emit
from benchmarks.policies.episodes import Episodes, arranged, orderable, shuffled, split, toolset
from benchmarks.policies.learn import SHUFFLES, evolve
from benchmarks.worlds.calling import CallingWorld, gold
from evo.agents.policy import Engine
from genomes.rules import parse_rules

RULES = ("any before cd when x.destination = y.folder", "verb:authenticate first")
"""A policy to put calls in order with while the clock runs."""

_ROUNDS = 5
_GENERATIONS = 5


def main(*, seeds: int = 5, json: bool = False) -> None:
    """Times whole episodes on one core, and as many searches with one process and with two.

    Args:
        seeds: Repetitions, and searches.
        json: One JSON line a measurement on standard output, instead of a table.
    """
    rates = [_episodes_a_second() for _ in range(seeds)]
    lines = [
        Line("policies", "speed", "world", "episodes_per_second", float(np.median(rates)), n=seeds)
    ]
    for jobs in (1, 2):
        seconds = _searches(seeds, jobs)
        lines.append(Line("policies", "speed", f"{jobs}_processes", "seconds", seconds, n=seeds))
    emit(lines, json=json)


def _episodes_a_second() -> float:
    """Orders and runs each task anew; nothing is remembered."""
    world, engine = CallingWorld(), Engine(parse_rules(RULES), toolset(), ties="alphabetical")
    cases = shuffled(orderable(), _ROUNDS, seed=0)
    started = time.perf_counter()
    for case in cases:
        order = arranged(engine, case)
        turns = zip(gold(case.task), order, strict=True)
        world.play(case.task, [turn[i] for turn, places in turns for i in places])
    return len(cases) / (time.perf_counter() - started)


def _searches(n: int, jobs: int) -> float:
    with Parallel(n_jobs=jobs) as pool:
        pool(delayed(_search)(seed, 0) for seed in range(jobs))  # processes and data are ready
        started = time.perf_counter()
        pool(delayed(_search)(seed, _GENERATIONS) for seed in range(1, n + 1))
        return time.perf_counter() - started


def _search(seed: int, generations: int) -> int:
    cases, episodes = shuffled(split()[0], SHUFFLES, seed), Episodes()
    for _ in evolve(cases, seed, episodes, generations=generations):
        pass
    return episodes.run
