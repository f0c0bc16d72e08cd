"""Objectives: missing is never 0, few examples weigh less."""

from __future__ import annotations

import math

import pytest

from fitness.objectives import estimate, mean_tokens
from fitness.outcome import Outcome


def test_missing_outcomes_are_left_out() -> None:
    found = estimate([Outcome("a", 1.0), Outcome("b", None), Outcome("c", 0.0)])
    assert (found.mean, found.n) == (0.5, 2)
    assert found.se == pytest.approx(0.5)


def test_nothing_measured_is_no_evidence() -> None:
    assert math.isinf(estimate([Outcome("a", None)]).se)
    assert math.isinf(estimate([Outcome("a", 1.0)]).se)


def test_shrinkage_pulls_a_small_sample_further() -> None:
    few, many = estimate([Outcome("a", 1.0)] * 5), estimate([Outcome("a", 1.0)] * 100)
    assert 0.5 < few.shrunk(0.5) < many.shrunk(0.5) < 1.0


def test_unknown_tokens_stay_unknown() -> None:
    assert mean_tokens([Outcome("a", 1.0)]) is None
    assert mean_tokens([Outcome("a", 1.0, tokens=4), Outcome("b", 1.0)]) == 4.0
