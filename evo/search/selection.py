"""Selection: the one module that touches DEAP, and never its globals.

DEAP's ``creator`` writes classes into a module and its lexicase draws from the global
``random``; so fitness is a plain subclass here, and lexicase takes a Generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from deap import base, tools
from numpy.random import Generator
from numpy.typing import NDArray

from fitness.objectives import OBJECTIVES, Objective

Floats = NDArray[np.float64]


def _fitness_class(objectives: Sequence[Objective]) -> type[Any]:
    signs = tuple(1.0 if o.direction == "maximise" else -1.0 for o in objectives)
    return type("Fitness", (base.Fitness,), {"weights": signs})


class _Individual:
    """What DEAP sorts: an index with a fitness."""

    Fitness: ClassVar[type[Any]]

    def __init__(self, index: int, fitness: Any) -> None:
        self.index = index
        self.fitness = fitness


def _individuals(values: Floats, objectives: Sequence[Objective]) -> list[_Individual]:
    fitness = _fitness_class(objectives)
    return [_Individual(i, fitness(tuple(row))) for i, row in enumerate(values.tolist())]


def non_dominated(values: Floats, objectives: Sequence[Objective] = OBJECTIVES) -> list[int]:
    """Indices of the first Pareto front, ascending.

    Args:
        values: (n, len(objectives)) finite values.
        objectives: Name and direction of each column.
    """
    if len(values) == 0:
        return []
    fronts = tools.sortNondominated(
        _individuals(values, objectives), len(values), first_front_only=True
    )
    return sorted(one.index for one in fronts[0])


def nsga2(values: Floats, k: int, objectives: Sequence[Objective] = OBJECTIVES) -> list[int]:
    """Indices of ``k`` rows by non-dominated rank, then crowding distance (Deb et al. 2002).

    Args:
        values: (n, len(objectives)) finite values.
        k: How many, at most n.
        objectives: Name and direction of each column.
    """
    chosen = tools.selNSGA2(_individuals(values, objectives), min(k, len(values)))
    return [one.index for one in chosen]


def parent(scores: Floats, rng: Generator) -> int:
    """Index of one parent: by epsilon-lexicase, or by a tournament of two on a single example,
    where lexicase would only ever take the best."""
    if scores.shape[1] > 1:
        return epsilon_lexicase(scores, rng)
    one, other = rng.integers(0, len(scores), 2)
    return int(one if scores[one, 0] >= scores[other, 0] else other)


def epsilon_lexicase(scores: Floats, rng: Generator) -> int:
    """Index of one parent by automatic epsilon-lexicase (La Cava et al. 2016).

    Examples are gone through in random order; at each, only rows within one median absolute
    deviation of the best remain. A row that is best on a few hard examples thus keeps its
    chance, whatever its mean.

    Args:
        scores: (n_genomes, n_examples), higher is better; NaN where missing.
        rng: Source of the order.
    """
    alive = np.arange(len(scores))
    for column in rng.permutation(scores.shape[1]):
        if len(alive) == 1:
            break
        values = scores[alive, column]
        if np.isnan(values).any() or values.max() == values.min():
            continue
        spread = float(np.median(np.abs(values - np.median(values))))
        alive = alive[values >= values.max() - spread]
    return int(rng.choice(alive))
