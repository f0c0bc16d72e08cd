from __future__ import annotations

import itertools

import numpy as np
import pytest

from fitness.stats import confidence_bounds, confidence_sequence, log_wealth, rejects


@pytest.mark.parametrize("win", [0.5, 0.8])
def test_exact_probability_of_ever_missing_the_mean(win):
    # All 2**7 courses of a two-point law; the level is low, so that misses exist.
    mean, missed = 2 * win - 1, 0.0
    for course in itertools.product((1.0, -1.0), repeat=7):
        low, high = confidence_sequence(course, level=0.6)
        if np.any((low > mean + 1e-12) | (high < mean - 1e-12)):
            wins = course.count(1.0)
            missed += win**wins * (1 - win) ** (7 - wins)
    assert 0.0 < missed <= 0.4


def test_its_last_bounds_are_the_one_sided_ones_at_half_the_error():
    rng = np.random.default_rng(2)
    x = np.clip(rng.normal(0.2, 0.3, 120), -1, 1)
    found = confidence_sequence(x, level=0.95)
    low, high = confidence_bounds(x, 0.025)
    # Rounded outwards to .01.
    assert low - 0.0101 <= found.low[-1] <= low + 1e-6
    assert high - 1e-6 <= found.high[-1] <= high + 0.0101
    assert np.all(np.diff(found.low) >= 0)
    assert np.all(np.diff(found.high) <= 0)


def test_without_values_there_is_no_bound():
    assert len(confidence_sequence([]).low) == 0
    with pytest.raises(ValueError, match="differences"):
        confidence_sequence([float("nan")])


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_randomised_last_look_keeps_the_level_exactly(alpha):
    # All courses of 11 fair coins; over a uniform number a last capital E rejects with
    # probability min(1, alpha * E).
    total = plain = 0.0
    for course in itertools.product((1.0, -1.0), repeat=11):
        logs = log_wealth(course)
        crossed = rejects(logs, alpha)
        plain += crossed / 2**11
        total += (1.0 if crossed else min(1.0, alpha * float(np.exp(logs[-1])))) / 2**11
    assert plain < total <= alpha


def test_the_number_drawn_in_advance_decides():
    logs = np.log([1.0, 4.0, 10.0])
    assert not rejects(logs, 0.05)
    assert rejects(logs, 0.05, uniform=0.49)
    assert not rejects(logs, 0.05, uniform=0.51)
    assert not rejects(np.empty(0), 0.05, uniform=0.01)
    with pytest.raises(ValueError, match="uniform"):
        rejects(logs, 0.05, uniform=0.0)
