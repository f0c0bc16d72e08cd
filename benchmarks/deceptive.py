"""``evogate bench deceptive``: does the search leave local optima? No model, no data.

Eight blocks of the trap of order 4 (Deb & Goldberg 1993) over 32 two-valued genes. In a block
every step towards the best setting but the last one makes things worse, so whoever follows
the slope ends at the wrong peak in all eight. Solved: at least seven blocks at their best,
within 20,000 evaluations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.lines import Line, emit
from evo.search import Measured, Search, SearchConfig, Trial
from fitness.outcome import Outcome
from fitness.stats import wilson
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec, Slot

Bits = NDArray[np.int_]

BLOCKS, ORDER, ENOUGH, EVALUATIONS = 8, 4, 7, 20_000
LENGTH = BLOCKS * ORDER
OFF, ON = "nay", "aye"  # as long as each other: length is an objective


def main(*, seeds: int = 50, json: bool = False, out: Path | None = None) -> None:  # noqa: ARG001 (one signature for all benchmarks)
    """Solves the landscape once a seed with each method.

    Args:
        seeds: Seeds 1, 2, ...
        json: One JSON line a measurement on standard output, instead of a table.
        out: Not used: nothing is kept.
    """
    emit([line for name in METHODS for line in _rows(name, seeds)], json=json)


def traps(bits: Bits) -> NDArray[np.float64]:
    """(n,) mean over the blocks: 1 for four ones, else (3 - ones) / 4.

    Args:
        bits: (n, 32) zeros and ones.
    """
    ones = bits.reshape(-1, BLOCKS, ORDER).sum(axis=2)
    values: NDArray[np.float64] = np.where(ones == ORDER, 1.0, (ORDER - 1 - ones) / ORDER).mean(
        axis=1
    )
    return values


def solved(bits: Bits) -> bool:
    """Whether one of the rows has at least seven blocks at their best."""
    best = bits.reshape(-1, BLOCKS, ORDER).sum(axis=2) == ORDER
    return bool((best.sum(axis=1) >= ENOUGH).any())


def blind(rng: Generator) -> int | None:
    """Independent draws. Evaluations until solved; ``None`` if not."""
    for spent in range(0, EVALUATIONS, 100):
        if solved(rng.integers(0, 2, (100, LENGTH))):
            return spent + 100
    return None


def hill_climbing(rng: Generator) -> int | None:
    """Best of all one-gene changes until none is better, then a new start."""
    spent = 0
    while spent < EVALUATIONS:
        here = rng.integers(0, 2, LENGTH)
        value = traps(here)[0]
        while spent < EVALUATIONS:
            around = np.abs(here - np.eye(LENGTH, dtype=int))
            values = traps(around)
            spent += LENGTH
            if values.max() <= value:
                break
            here, value = around[values.argmax()], values.max()
            if solved(here):
                return spent
    return None


def plain_ga(rng: Generator, size: int = 300) -> int | None:
    """Generational genetic algorithm: tournament of 3, two-point crossover, mutation 1/32."""
    population = rng.integers(0, 2, (size, LENGTH))
    for spent in range(size, EVALUATIONS + 1, size):
        if solved(population):
            return spent
        values = traps(population)
        rounds = rng.integers(0, size, (size, 3))
        winners = population[rounds[np.arange(size), values[rounds].argmax(axis=1)]]
        population = winners.copy()
        for i in range(size):
            low, high = np.sort(rng.integers(0, LENGTH + 1, 2))
            population[i, low:high] = winners[rng.integers(size), low:high]
        population = np.where(rng.random(population.shape) < 1 / LENGTH, 1 - population, population)
    return None


def default_search(rng: Generator) -> int | None:
    """The search of evogate as it is: ask, tell, default settings but one example."""
    suite = Suite("trap/search", "search", "trap", (Example("trap", {"x": "x"}, "1", "trap", "t"),))
    config = SearchConfig(blocks=(1,), finalists=0)
    search = Search(_genome(), _spec(), suite, (), config, rng)
    spent = 0
    while spent < EVALUATIONS and (trials := search.ask(EVALUATIONS - spent)):
        bits = np.array([_bits(trial.proposal.genome) for trial in trials])
        spent += len(trials)
        if solved(bits):
            return spent
        search.tell([_told(t, v) for t, v in zip(trials, traps(bits).tolist(), strict=True)])
    return None


METHODS: dict[str, Callable[[Generator], int | None]] = {
    "blind": blind,
    "hill_climbing": hill_climbing,
    "plain_ga": plain_ga,
    "evogate": default_search,
}


def _rows(name: str, seeds: int) -> Iterator[Line]:
    run = partial(_once, name)
    spent = list(Parallel(n_jobs=2)(delayed(run)(seed) for seed in range(1, seeds + 1)))
    done = [calls for calls in spent if calls is not None]
    line = partial(Line, bench="deceptive", task="trap-4x8", method=name)
    interval = wilson(len(done), seeds)
    yield line(
        metric="solved", value=len(done) / seeds, low=interval.low, high=interval.high, n=seeds
    )
    if done:
        # A seed that did not solve it needed more than all of them.
        middle = np.median([EVALUATIONS if calls is None else calls for calls in spent])
        yield line(metric="median_evaluations", value=float(middle), n=seeds)


def _once(name: str, seed: int) -> int | None:
    return METHODS[name](np.random.default_rng(seed))


def _genome() -> Genome:
    return Genome(
        domains=(Domain(name="trap", inputs=("x",), labels=("1", "0"), task_kind="general"),),
        genes=(
            *(FragmentGene(id=f"g{i:02}", text=OFF) for i in range(LENGTH)),
            FragmentGene(id="template", place="user", text="{{ x }}"),
        ),
    )


def _spec() -> GenomeSpec:
    # Two values and no others: two of them in one text would be a third.
    longest = len(ON)
    slots = tuple(
        Slot(gene=f"g{i:02}", library=("values",), max_chars=longest) for i in range(LENGTH)
    )
    return GenomeSpec(slots=slots, stock={"values": [OFF, ON]})


def _bits(genome: Genome) -> list[int]:
    return [int(gene.text == ON) for gene in genome.genes if isinstance(gene, FragmentGene)
            and gene.id != "template"]  # fmt: skip


def _told(trial: Trial, value: float) -> Measured:
    return Measured(trial.proposal.genome, [Outcome("trap", value)])
