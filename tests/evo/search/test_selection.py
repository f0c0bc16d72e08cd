"""Selection: dominance is a strict partial order, the front is clean, no global is touched."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from deap import creator
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evo.search.selection import epsilon_lexicase, non_dominated, nsga2, parent
from fitness.objectives import OBJECTIVES

VALUES = arrays(float, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(0, 3))
SIGNS = np.array([1.0 if o.direction == "maximise" else -1.0 for o in OBJECTIVES])


def _dominates(a: np.ndarray, b: np.ndarray) -> bool:
    return bool((a * SIGNS >= b * SIGNS).all() and (a * SIGNS > b * SIGNS).any())


@given(VALUES)
def test_the_front_is_what_nothing_dominates(values: np.ndarray) -> None:
    expected = [i for i, a in enumerate(values) if not any(_dominates(b, a) for b in values)]
    assert non_dominated(values) == expected


@given(VALUES, st.integers(1, 12))
def test_nsga2_takes_the_front_first(values: np.ndarray, k: int) -> None:
    chosen = nsga2(values, k)
    assert len(set(chosen)) == len(chosen) == min(k, len(values))
    front = set(non_dominated(values))
    assert set(chosen) <= front or front <= set(chosen)


def test_lexicase_keeps_a_specialist_alive() -> None:
    scores = np.array([[1.0] * 9 + [0.0], [0.0] * 9 + [1.0]])
    rng = np.random.default_rng(1)
    picked = [epsilon_lexicase(scores, rng) for _ in range(400)]
    assert 10 < picked.count(1) < 120  # its one example comes first in a tenth of the draws


def test_lexicase_never_picks_what_is_worse_everywhere() -> None:
    scores = np.array([[0.9, 0.9], [0.1, 0.1], [0.8, 0.9]])
    rng = np.random.default_rng(1)
    assert 1 not in {epsilon_lexicase(scores, rng) for _ in range(100)}


def test_no_global_is_touched() -> None:
    before, names = random.getstate(), set(vars(creator))
    nsga2(np.arange(20.0).reshape(5, 4), 3)
    epsilon_lexicase(np.eye(4), np.random.default_rng(0))
    assert random.getstate() == before
    assert set(vars(creator)) == names


def test_on_a_single_example_a_tournament_decides() -> None:
    scores = np.array([[0.1], [0.9], [0.5], [0.7]])
    rng = np.random.default_rng(1)
    drawn = Counter(parent(scores, rng) for _ in range(4000))
    # Of two draws the better one wins: 7, 5, 3 and 1 of 16.
    shares = [drawn[i] / 4000 for i in (1, 3, 2, 0)]
    assert shares == pytest.approx([7 / 16, 5 / 16, 3 / 16, 1 / 16], abs=0.03)


def test_on_several_examples_lexicase_decides() -> None:
    scores = np.random.default_rng(2).random((6, 9))
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    assert [parent(scores, one) for _ in range(20)] == [
        epsilon_lexicase(scores, other) for _ in range(20)
    ]
