from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.stats import Spent, attempts_left, harmonic_share, next_share, quadratic_spending

ALPHA = 0.05


def lineage(outcomes: list[bool], attempts: int = 10) -> list[float]:
    history: list[Spent] = []
    for promoted in outcomes:
        history.append(Spent(next_share(history, ALPHA, attempts), promoted))
    return [spent.alpha for spent in history]


def test_ten_equal_shares_then_nothing():
    shares = lineage([False] * 11)
    assert shares[:10] == pytest.approx([0.005] * 10)
    assert shares[10] == 0.0


def test_a_promotion_passes_its_whole_share_on():
    assert lineage([True, True, False, False]) == pytest.approx([0.005, 0.010, 0.015, 0.005])


def test_the_last_share_passes_on_beyond_the_tenth_attempt():
    shares = lineage([False] * 9 + [True, True, False, False])
    assert shares[9:] == pytest.approx([0.005, 0.005, 0.005, 0.0])


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 12))
def test_shares_that_are_lost_never_sum_above_alpha(outcomes, attempts):
    shares = lineage(outcomes, attempts)
    lost = sum(a for a, promoted in zip(shares, outcomes, strict=True) if not promoted)
    assert lost <= ALPHA * (1 + 1e-9)
    assert min(shares, default=0.0) >= 0.0


def test_fewer_attempts_in_the_middle_do_not_overspend():
    history = [Spent(0.005, False)] * 4
    rest = []
    for _ in range(4):
        rest.append(next_share([*history, *(Spent(a, False) for a in rest)], ALPHA, 5))
    assert 4 * 0.005 + sum(rest) <= ALPHA * (1 + 1e-9)
    assert next_share([Spent(0.05, False)], ALPHA, 10) == 0.0


def test_refused_attempts_cost_nothing():
    history = [Spent(0.005, True), Spent(0.0, False)]
    assert next_share(history, ALPHA, 10) == pytest.approx(0.01)
    assert attempts_left(history, 10) == 9


def test_family_wise_error_of_null_lineages():
    # Each attempt has its own p-value, uniform under the null: the worst case of the fallback.
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(4000):
        history: list[Spent] = []
        while share := next_share(history, ALPHA, 10):
            history.append(Spent(share, bool(rng.random() <= share)))
        false += any(spent.promoted for spent in history)
    assert abs(false / 4000 - (1 - 0.995**10)) < 4 * np.sqrt(0.05 * 0.95 / 4000)


def test_quadratic_spending_is_clamped():
    assert quadratic_spending(0.05, 0.5) == pytest.approx(0.0125)
    assert quadratic_spending(0.05, 1.2) == 0.05
    assert quadratic_spending(0.05, -1.0) == 0.0
    with pytest.raises(ValueError, match="attempts"):
        next_share([], ALPHA, 0)


def test_harmonic_shares_sum_to_alpha():
    total = sum(harmonic_share(ALPHA, k) for k in range(1, 100_001))
    # The rest of the series is about 6 / pi**2 / k.
    assert total == pytest.approx(ALPHA * (1 - 6 / np.pi**2 / 100_000), rel=1e-8)
    history: list[Spent] = []
    for k in range(1, 40):
        share = next_share(history, ALPHA, 10, shares="harmonic")
        assert share == pytest.approx(harmonic_share(ALPHA, k))
        history.append(Spent(share, False))


@pytest.mark.parametrize("shares", ["equal", "harmonic"])
@pytest.mark.parametrize("recycle", [True, False])
def test_lost_shares_stay_within_alpha_in_each_form(shares, recycle):
    rng = np.random.default_rng(1)
    for _ in range(50):
        history: list[Spent] = []
        for promoted in rng.random(25) < 0.4:
            share = next_share(history, ALPHA, 10, shares=shares, recycle=recycle)
            history.append(Spent(share, bool(promoted)))
        counted = [a.alpha for a in history if not (recycle and a.promoted)]
        assert sum(counted) <= ALPHA * (1 + 1e-9)


def test_without_recycling_a_promotion_passes_nothing_on():
    assert next_share([Spent(0.005, True)], ALPHA, 10, recycle=False) == pytest.approx(0.005)
