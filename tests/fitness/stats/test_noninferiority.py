from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom, norm

from fitness.stats import noninferiority_power, score_statistic, score_test
from fitness.stats.noninferiority import score_z


def direct_statistic(wins: int, losses: int, n: int, delta: float) -> float:
    """The score test with the restricted likelihood maximised numerically."""

    def loss(lose: float) -> float:
        win, tie = lose + delta, 1 - 2 * lose - delta
        parts = ((wins, win), (losses, lose), (n - wins - losses, tie))
        return -sum(count * np.log(max(share, 1e-300)) for count, share in parts if count)

    low, high = max(0.0, -delta), (1 - delta) / 2
    best = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    variance = n * (2 * best + delta * (1 - delta))
    return float((wins - losses - n * delta) / np.sqrt(variance))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 200), st.floats(-0.3, 0.3))
def test_closed_form_equals_the_restricted_likelihood(wins, losses, ties, delta):
    n = wins + losses + ties
    assume(abs(delta) > 1e-3)
    expected = direct_statistic(wins, losses, n, delta)
    assert float(score_statistic(wins, losses, n, delta)) == pytest.approx(expected, abs=2e-4)


def test_without_difference_it_is_mcnemar():
    assert float(score_statistic(30, 14, 200, 0.0)) == pytest.approx(16 / np.sqrt(44))


def test_no_discordant_pair_needs_enough_examples():
    # Z = sqrt(n m / (1 - m)) when nothing differs.
    assert float(score_statistic(0, 0, 200, -0.05)) == pytest.approx(np.sqrt(200 * 0.05 / 0.95))
    assert score_test(0, 0, 51, 0.05) > 0.05 > score_test(0, 0, 52, 0.05)


@pytest.mark.parametrize(("n", "discordance"), [(100, 0.1), (200, 0.05), (200, 0.1), (400, 0.3)])
def test_exact_level_at_the_margin(n, discordance):
    # The note simulates at most .058; a score test is not exact, a Wald test reaches .12.
    false = noninferiority_power(n, 0.05, discordance, difference=-0.05)
    assert false <= 0.06


def test_power_equals_a_sum_over_all_tables():
    n, margin, discordance = 30, 0.1, 0.2
    total = 0.0
    for differing in range(n + 1):
        for wins in range(differing + 1):
            chance = binom.pmf(differing, n, discordance) * binom.pmf(wins, differing, 0.5)
            if score_test(wins, differing - wins, n, margin) <= 0.05:
                total += chance
    assert noninferiority_power(n, margin, discordance) == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "discordance", "share"), [(200, 0.05, 0.89), (200, 0.10, 0.69), (400, 0.05, 0.995)]
)
def test_harmless_changes_pass_as_often_as_the_note_says(n, discordance, share):
    assert noninferiority_power(n, 0.05, discordance) == pytest.approx(share, abs=0.015)


def test_certain_data_and_no_data():
    assert score_test(0, 0, 0, 0.05) == 1.0
    assert float(score_statistic(0, 0, 10, 0.0)) == 0.0
    assert score_test(10, 0, 10, 0.05) < norm.sf(3)
    with pytest.raises(ValueError, match="counts"):
        score_statistic(8, 8, 10, 0.0)
    with pytest.raises(ValueError, match="difference"):
        score_statistic(1, 1, 10, 1.0)


@pytest.mark.parametrize("n", [1, 7, 300])
def test_one_pair_of_counts_gives_what_arrays_of_counts_give(n):
    rng = np.random.default_rng(n)
    for _ in range(300):
        wins = int(rng.integers(0, n + 1))
        losses = int(rng.integers(0, n - wins + 1))
        difference = float(rng.uniform(-0.999, 0.999))
        expected = float(score_statistic(wins, losses, n, difference))
        assert score_z(wins, losses, n, difference) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert score_z(0, 0, n, 0.0) == float(score_statistic(0, 0, n, 0.0)) == 0.0
