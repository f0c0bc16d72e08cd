"""The budget: no path exceeds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.budget import Budget, BudgetExhaustedError, Cost, Limits


@given(
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6), st.booleans()), max_size=30),
)
def test_spent_and_reserved_never_exceed_the_limit(
    limit: int, steps: list[tuple[int, int, bool]]
) -> None:
    budget = Budget(Limits(calls=limit))
    for wanted, used, part in steps:
        try:
            if part:
                inner = budget.allot(Cost(wanted))
                inner.reserve(Cost(min(used, wanted)))
            else:
                budget.reserve(Cost(wanted))
                budget.settle(Cost(wanted), Cost(min(used, wanted)))
        except BudgetExhaustedError:
            continue
        left = budget.left()
        assert left is not None
        assert left >= 0
        assert budget.spent.calls <= limit


def test_a_refused_reservation_sets_nothing_aside() -> None:
    budget = Budget(Limits(calls=5))
    with pytest.raises(BudgetExhaustedError, match="6 calls do not fit: 5 of 5 are left"):
        budget.reserve(Cost(6))
    assert budget.left() == 5


def test_a_part_keeps_its_own_limit_and_nothing_flows_back() -> None:
    budget = Budget(Limits(calls=10))
    part = budget.allot(Cost(4))
    part.reserve(Cost(1))
    part.settle(Cost(1), Cost(1))
    assert budget.left() == 6
    with pytest.raises(BudgetExhaustedError):
        part.reserve(Cost(4))


def test_unknown_money_never_fits_a_money_budget() -> None:
    with pytest.raises(BudgetExhaustedError, match="None USD"):
        Budget(Limits(money=1.0)).reserve(Cost(1, 10, None))


def test_time_ends_new_calls_only() -> None:
    now = [0.0]
    budget = Budget(Limits(seconds=5), clock=lambda: now[0])
    budget.reserve(Cost(1))
    now[0] = 6.0
    with pytest.raises(BudgetExhaustedError, match="seconds"):
        budget.reserve(Cost(1))
    budget.settle(Cost(1), Cost(1))


def test_tokens_are_bounded_too() -> None:
    budget = Budget(Limits(tokens=100))
    budget.reserve(Cost(1, 60))
    with pytest.raises(BudgetExhaustedError, match="tokens"):
        budget.reserve(Cost(1, 50))
    budget.settle(Cost(1, 60), Cost(1, 20))
    budget.reserve(Cost(1, 50))
