from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.stats import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2, 0.5]))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values, alpha):
    rejected: set[int] = set()
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[index] * (len(p_values) - rank) > alpha:
            break
        rejected.add(int(index))
    assert set(np.flatnonzero(holm(p_values) <= alpha).tolist()) == rejected


@given(P_VALUES, st.sampled_from([0.05, 0.2]))
def test_bh_rejects_what_the_step_up_procedure_rejects(p_values, alpha):
    ordered = np.sort(p_values)
    passing = np.flatnonzero(ordered <= alpha * np.arange(1, len(ordered) + 1) / len(ordered))
    count = int(passing.max()) + 1 if len(passing) else 0
    found = int(np.sum(benjamini_hochberg(p_values) <= alpha + 1e-12))
    assert found >= count
    assert found <= int(np.sum(np.asarray(p_values) <= alpha + 1e-9))


def test_adjusted_values_equal_statsmodels():
    # multipletests(p, method="holm") and "fdr_bh" of statsmodels 0.15.0.
    p = [0.001, 0.2, 0.03, 0.012, 0.04, 0.8]
    assert holm(p) == pytest.approx([0.006, 0.4, 0.12, 0.06, 0.12, 0.8])
    assert benjamini_hochberg(p) == pytest.approx([0.006, 0.24, 0.06, 0.036, 0.06, 0.8])


def test_known_values_and_empty():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert len(holm([])) == len(benjamini_hochberg([])) == 0
