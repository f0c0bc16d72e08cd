from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from fitness.stats import mcnemar, sign_test

COUNTS = st.integers(0, 400)


@given(COUNTS, COUNTS)
def test_one_sided_p_is_the_binomial_tail(wins, losses):
    total = wins + losses
    expected = binomtest(wins, total, alternative="greater").pvalue if total else 1.0
    assert sign_test(wins, losses) == pytest.approx(expected, rel=1e-9)


@given(COUNTS, COUNTS)
def test_two_sided_p_is_the_exact_mcnemar_test(wins, losses):
    total = wins + losses
    expected = binomtest(wins, total).pvalue if total else 1.0
    assert mcnemar(wins, losses) == pytest.approx(expected, rel=1e-9)


def test_all_ties_are_no_evidence():
    assert sign_test(0, 0) == 1.0


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        sign_test(-1, 3)
