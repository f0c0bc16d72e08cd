"""Objectives: missing is never 0, few examples weigh less."""

from __future__ import annotations

import math

import pytest

from fitness.objectives import OBJECTIVES, Objective, estimate, mean_of, mean_tokens
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


def test_the_default_axes_stand_in_this_order() -> None:
    assert [(o.name, o.direction) for o in OBJECTIVES] == [
        ("quality", "maximise"),
        ("regression", "maximise"),
        ("cost", "minimise"),
        ("length", "minimise"),
    ]


def test_each_measured_objective_is_the_mean_of_what_is_known() -> None:
    outcomes = [
        Outcome("a", 1.0, tokens=4, money=0.1, seconds=1.0, steps=2, others=(("f1", 0.5),)),
        Outcome("b", 1.0, others=(("f1", None),)),
        Outcome("c", 1.0, tokens=8, money=0.3, seconds=3.0, steps=4, others=(("f1", 0.7),)),
    ]
    names = ("cost", "money", "latency", "steps", "f1", "unheard")
    assert [mean_of(name, outcomes) for name in names] == pytest.approx(
        [6.0, 0.2, 2.0, 3.0, 0.6, None]
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, None),
        (2.0, None),
        (3.0, None),
        (3.01, "x 3.01 is above its ceiling 3"),
        (0.99, "x 0.99 is below its floor 1"),
        (None, "x is unknown, but has a limit"),
    ],
)
def test_a_limit_may_be_met_but_not_crossed_and_the_unknown_never_keeps_it(value, said) -> None:
    assert Objective("x", "minimise", "", ceiling=3, floor=1).broken(value) == said
    assert Objective("x", "minimise", "").broken(value) is None
