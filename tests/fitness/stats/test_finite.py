from __future__ import annotations

import itertools

import numpy as np
import pytest

from fitness.stats import confidence_bounds, confidence_bounds_finite, log_wealth
from fitness.stats import log_wealth_finite as finite

SUITE = (1.0, 1.0, 0.5, 0.0, -0.25, -1.0, 0.0)
MEAN = sum(SUITE) / len(SUITE)


def test_expected_capital_is_one_at_the_null_at_each_time():
    # All 7! orders of a suite whose mean is the null mean.
    capital = [np.exp(finite(order, len(SUITE), MEAN)) for order in itertools.permutations(SUITE)]
    assert np.mean(capital, axis=0) == pytest.approx(np.ones(len(SUITE)), abs=1e-9)


@pytest.mark.parametrize("alpha", [0.3, 0.1, 0.05])
def test_exact_error_over_all_orders(alpha):
    orders = itertools.permutations(SUITE)
    missed = [np.max(finite(order, len(SUITE), MEAN)) >= -np.log(alpha) for order in orders]
    assert np.mean(missed) <= alpha


def test_a_huge_suite_is_drawing_with_replacement():
    rng = np.random.default_rng(0)
    d = np.clip(rng.normal(0.1, 0.35, 50), -1, 1)
    assert finite(d, 10**9, 0.05) == pytest.approx(log_wealth(d, 0.05), abs=1e-5)


def test_the_last_example_leaves_nothing_open():
    assert confidence_bounds_finite(SUITE, len(SUITE), 0.05) == pytest.approx(
        (MEAN, MEAN), abs=1e-6
    )
    wins = [1.0] * 12
    # 12 wins of 20: even eight losses leave a mean of .2.
    assert finite(wins, 20, 0.15)[-1] == np.inf
    assert np.isfinite(finite(wins, 20, 0.25)[-1])


def test_the_bound_is_tighter_than_with_replacement():
    rng = np.random.default_rng(1)
    d = np.clip(rng.normal(0.1, 0.3, 150), -1, 1)
    known, unknown = confidence_bounds_finite(d, 200, 0.05), confidence_bounds(d, 0.05)
    assert unknown[0] < known[0] < d.mean() < known[1] < unknown[1]


def test_more_draws_than_the_suite_holds_are_refused():
    with pytest.raises(ValueError, match="population"):
        finite([0.0] * 3, 2)
    with pytest.raises(ValueError, match="differences"):
        finite([2.0], 2)
    assert len(finite([], 5)) == 0
    assert confidence_bounds_finite([], 5, 0.05) == (-1.0, 1.0)
