"""What an evolved order is compared with: random rules at equal cost, and counts of gold traces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from benchmarks.policies.episodes import Case, Episodes, Order, made_in, successes
from benchmarks.policies.learn import random_rules_of
from benchmarks.worlds.calling import gold
from evo.agents.policy import Call
from genomes.rules import Rule
from genomes.rules.policy import Ties

KEYS: Mapping[Ties, Callable[[Call], str]] = {
    "alphabetical": lambda call: call.text,
    "hash": lambda call: call.digest,
}
"""The default orders."""


def in_given_order(cases: Sequence[Case], episodes: Episodes) -> list[float]:
    """(n_cases,) success of the calls as they were shuffled."""
    return [episodes.outcome(case, case.shuffle).score or 0.0 for case in cases]


def best_of_n(cases: Sequence[Case], seed: int, results: int) -> tuple[tuple[Rule, ...], int]:
    """The best of independent random policies, and how many episodes they took.

    Args:
        cases: Where they are tried.
        seed: Seed of the draws.
        results: Results that may be asked for, as many as the search had.
    """
    rng, episodes = np.random.default_rng(seed), Episodes()
    best: tuple[float, tuple[Rule, ...]] = (-1.0, ())
    while episodes.asked + len(cases) <= results:
        rules = random_rules_of(rng)
        value = float(np.mean(successes(rules, cases, episodes, "given")))
        best = max(best, (value, rules), key=lambda one: one[0])
    return best[1], episodes.run


class Counts:
    """Which tool came first how often in the gold traces of the training tasks.

    The one method here that reads gold orders: of the calls that are left, the first in the
    default order is made that no other one precedes by majority.

    Args:
        train: Tasks whose gold traces are read.
    """

    def __init__(self, train: Sequence[str]) -> None:
        self._first = Counter(
            (one.tool, other.tool)
            for task in train
            for turn in gold(task)
            for one, other in combinations(turn, 2)
            if one.tool != other.tool
        )

    def successes(self, cases: Sequence[Case], episodes: Episodes, ties: Ties) -> list[float]:
        """(n_cases,) 1 for success, 0 for failure."""
        return [episodes.outcome(one, self._order(one, ties)).score or 0.0 for one in cases]

    def _order(self, case: Case, ties: Ties) -> Order:
        return tuple(
            made_in(self._sorted([turn[i] for i in given], ties), turn)
            for turn, given in zip(gold(case.task), case.shuffle, strict=True)
        )

    def _sorted(self, calls: Sequence[Call], ties: Ties) -> list[Call]:
        left = sorted(calls, key=KEYS[ties]) if ties in KEYS else list(calls)
        made: list[Call] = []
        while left:
            free = (one for one in left if not any(self._before(other, one) for other in left))
            made.append(next(free, left[0]))  # a cycle is broken by the default order
            left.remove(made[-1])
        return made

    def _before(self, one: Call, other: Call) -> bool:
        pair = (one.tool, other.tool)
        return self._first[pair] > self._first[pair[::-1]]
