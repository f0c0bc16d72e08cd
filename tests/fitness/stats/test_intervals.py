from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fitness.stats import mean_interval, score_statistic, standard_error, tango, wilson


@given(st.integers(1, 300), st.data())
def test_wilson_equals_scipy(n, data):
    successes = data.draw(st.integers(0, n))
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    found = wilson(successes, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 100))
def test_tango_ends_are_where_the_score_test_turns(wins, losses, ties):
    n = wins + losses + ties
    if n == 0:
        return
    estimate, low, high = tango(wins, losses, n)
    z = NormalDist().inv_cdf(0.975)
    assert low <= estimate <= high
    if low > -0.999:
        assert float(score_statistic(wins, losses, n, low)) == pytest.approx(z, abs=1e-5)
    if high < 0.999:
        assert float(score_statistic(wins, losses, n, high)) == pytest.approx(-z, abs=1e-5)
    swapped = tango(losses, wins, n)
    assert (swapped.low, swapped.high) == pytest.approx((-high, -low), abs=1e-6)


def test_tango_covers_by_exact_enumeration():
    n, win, lose = 40, 0.15, 0.05
    covered = 0.0
    for wins in range(n + 1):
        for losses in range(n + 1 - wins):
            chance = stats.multinomial.pmf([wins, losses, n - wins - losses], n, [win, lose, 0.8])
            if chance > 1e-7:
                found = tango(wins, losses, n)
                covered += chance * (found.low <= win - lose <= found.high)
    assert 0.94 <= covered <= 0.975


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50))
def test_mean_interval_equals_scipy(values):
    sem = stats.sem(values)
    found = mean_interval(values)
    if sem < 1e-9:
        assert found.low == pytest.approx(found.high, abs=1e-6)
        return
    expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=sem)
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)


def test_clusters_widen_the_interval_as_repeated_examples_must():
    rng = np.random.default_rng(0)
    means = rng.normal(0, 1, 50)
    copies, clusters = np.repeat(means, 4), [str(index // 4) for index in range(200)]
    # Four identical copies carry the information of one.
    assert standard_error(copies, clusters) == pytest.approx(stats.sem(means))
    assert standard_error(copies) < 0.6 * standard_error(copies, clusters)


def test_clustered_error_equals_statsmodels():
    # sm.OLS(x, ones).fit(cov_type="cluster", cov_kwds={"groups": g}).bse of statsmodels 0.15.0.
    x = np.array([1, 0, 0.5, 1, 0, 0, 1, 1, 0.25, 0.75, 0, 1])
    groups = [str(g) for g in (0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3)]
    assert standard_error(x, groups) == pytest.approx(0.020443890894277426, rel=1e-12)


def test_too_little_data_claims_nothing():
    assert wilson(0, 0)[1:] == (0.0, 1.0)
    assert tango(0, 0, 0)[1:] == (-1.0, 1.0)
    assert mean_interval([0.4]) == (0.4, -math.inf, math.inf)
    assert mean_interval([0.4, 0.6], clusters=["a", "a"]).high == math.inf
    assert math.isnan(mean_interval([]).estimate)
    with pytest.raises(ValueError, match="successes"):
        wilson(3, 2)
