"""Whether predictions held: direction, magnitude, and never a verdict without evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_proposers import genome

from evo.proposers import Held, Proposal, held


def judged(expected: float, gain: float, n: int, sd: float | None = None) -> Held:
    got = held(Proposal(genome(), (), "reflect", expected=expected), gain, n, sd=sd)
    assert got is not None
    return got


def test_without_a_prediction_there_is_nothing_to_judge() -> None:
    assert held(Proposal(genome(), (), "reflect"), 0.5, 100) is None


@pytest.mark.parametrize(
    ("expected", "gain", "n", "sd", "sign", "magnitude"),
    [
        (0.10, 0.10, 400, 0.4, "held", "held"),
        (0.30, 0.10, 400, 0.4, "held", "failed"),
        (0.10, -0.10, 400, 0.4, "failed", "failed"),
        (0.05, 0.02, 100, 0.4, "open", "open"),
        (0.50, 0.02, 100, 0.4, "open", "failed"),
        (-0.10, -0.10, 400, 0.4, "held", "held"),
        (-0.10, 0.10, 400, 0.4, "failed", "failed"),
        (0.00, 0.00, 900, 0.4, "held", "held"),
        (0.00, 0.01, 50, 0.4, "open", "open"),
        (0.00, 0.20, 400, 0.4, "failed", "failed"),
        (0.10, 0.10, 400, None, "held", "held"),
        (0.10, 0.10, 40, None, "open", "open"),
        (0.10, 0.00, 10_000, 0.0, "failed", "failed"),
    ],
)
def test_direction_and_magnitude(
    expected: float, gain: float, n: int, sd: float | None, sign: str, magnitude: str
) -> None:
    got = judged(expected, gain, n, sd)
    assert (got.sign, got.magnitude) == (sign, magnitude)


@given(st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 1), st.floats(0, 1))
def test_one_example_settles_nothing(expected: float, gain: float, n: int, sd: float) -> None:
    assert judged(expected, gain, n).sign == "open"
    assert judged(expected, gain, n, sd).sign == "open"


@given(st.floats(-1, 1), st.floats(-1, 1), st.integers(2, 5000))
def test_the_interval_is_one(expected: float, gain: float, n: int) -> None:
    got = judged(expected, gain, n)
    assert -1 <= got.low <= gain + 1e-9
    assert gain - 1e-9 <= got.high <= 1


@given(st.floats(-0.99, 0.99), st.floats(-0.99, 0.99), st.integers(2, 500))
def test_a_mirrored_prediction_has_a_mirrored_verdict(expected: float, gain: float, n: int) -> None:
    ours, mirrored = judged(expected, gain, n), judged(-expected, -gain, n)
    assert ours.sign == mirrored.sign


@pytest.mark.parametrize("p", [0.02, 0.2, 0.5])
def test_without_a_spread_the_interval_still_covers(p: float) -> None:
    # Differences of -1, 0 and 1 with mean 0: the interval must hold 0 in 95 % of draws.
    rng = np.random.default_rng(3)
    means = rng.choice([-1.0, 0.0, 1.0], p=[p, 1 - 2 * p, p], size=(2000, 30)).mean(axis=1)
    covered = [(got := judged(0.1, float(mean), 30)).low <= 0 <= got.high for mean in means]
    assert np.mean(covered) >= 0.93
