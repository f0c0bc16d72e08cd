from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.stats import (
    anytime_p,
    bet_fractions,
    cluster_means,
    confidence_bounds,
    log_wealth,
    peak_log_wealth,
)

DIFFERENCES = st.lists(st.floats(-1, 1), min_size=1, max_size=60)
REPETITIONS = 1500


def rejections(draw, alpha: float, null_mean: float = 0.0, seed: int = 0) -> float:
    rng = np.random.default_rng(seed)
    goal = -math.log(alpha)
    hits = [peak_log_wealth(draw(rng), null_mean) >= goal for _ in range(REPETITIONS)]
    return float(np.mean(hits))


def most(alpha: float) -> float:
    """Four standard errors above the level."""
    return alpha + 4 * math.sqrt(alpha * (1 - alpha) / REPETITIONS)


def skewed(rng: np.random.Generator) -> np.ndarray:
    # +.02 usually, -.98 rarely: mean 0, far from symmetric.
    return np.where(rng.random(200) < 0.02, -0.98, 0.02)


def graded(mean: float):
    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.clip(rng.normal(mean, 0.35, 200), -1.0, 1.0)

    return draw


def clustered(rng: np.random.Generator) -> np.ndarray:
    common, own = rng.normal(0, 0.25, (50, 1)), rng.normal(0, 0.25, (50, 4))
    values = np.clip(common + own, -1.0, 1.0).ravel()
    return cluster_means(values, [str(index // 4) for index in range(200)])


def binary(rng: np.random.Generator) -> np.ndarray:
    return rng.choice([1.0, -1.0, 0.0], size=200, p=[0.1, 0.1, 0.8])


@pytest.mark.parametrize("alpha", [0.05, 0.005])
@pytest.mark.parametrize("draw", [skewed, graded(0.0), clustered, binary])
def test_false_rejections_stay_within_the_level(draw, alpha):
    assert rejections(draw, alpha) <= most(alpha)


def test_minimum_effect_and_margin_move_the_null():
    assert rejections(graded(0.05), 0.05, null_mean=0.05) <= most(0.05)
    assert rejections(graded(-0.05), 0.05, null_mean=-0.05) <= most(0.05)


@pytest.mark.parametrize(("mean", "least"), [(0.05, 0.33), (0.08, 0.75), (0.12, 0.97)])
def test_power_on_graded_gains(mean, least):
    # The state-of-the-art note measures .378, .795 and .990; least is about 4 SE below.
    assert rejections(graded(mean), 0.05, seed=1) >= least


@pytest.mark.parametrize("null_mean", [0.0, 0.1, -0.05])
def test_expected_capital_is_one_at_the_null(null_mean):
    # Two-point laws with the null mean, all 2**8 courses listed.
    win = (1 + null_mean) / 2
    expected = 0.0
    for course in itertools.product((1.0, -1.0), repeat=8):
        wins = course.count(1.0)
        chance = win**wins * (1 - win) ** (8 - wins)
        expected += chance * math.exp(log_wealth(course, null_mean)[-1])
    assert expected == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("null_mean", [-0.9, -0.05, 0.0, 0.3, 0.9])
def test_no_bet_can_lose_everything(null_mean):
    assert np.all(1 + bet_fractions(null_mean) * (-1.0 - null_mean) > 0.09)


@settings(max_examples=50, deadline=None)
@given(DIFFERENCES, st.floats(-0.5, 0.5), st.sampled_from([0.05, 0.3]))
def test_bound_exceeds_a_mean_exactly_where_that_mean_is_rejected(values, null_mean, alpha):
    lower, upper = confidence_bounds(values, alpha)
    margin = peak_log_wealth(values, null_mean) + math.log(alpha)
    if abs(margin) > 1e-4:
        assert (lower >= null_mean) == (margin > 0)
    assert -1 <= lower <= upper <= 1


def test_bounds_cover_the_mean():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        lower, upper = confidence_bounds(graded(0.1)(rng), 0.05)
        inside += lower <= 0.1 <= upper
    assert inside / 300 >= 0.9


def test_p_value_without_evidence_is_one():
    assert anytime_p([]) == 1.0
    assert anytime_p([0.0] * 50) == 1.0
    assert anytime_p([-1.0] * 50) == 1.0


@pytest.mark.parametrize("bad", [[1.5], [math.nan], [-math.inf]])
def test_values_outside_the_unit_range_are_refused(bad):
    with pytest.raises(ValueError, match="differences"):
        log_wealth(bad)


def test_cluster_means_keep_the_order_of_appearance():
    means = cluster_means([1.0, 0.0, 0.5, 0.0], ["b", "a", "b", "a"])
    assert means.tolist() == [0.75, 0.0]
    with pytest.raises(ValueError, match="cluster ids"):
        cluster_means([1.0], [])
