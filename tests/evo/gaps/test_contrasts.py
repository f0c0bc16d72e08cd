"""p-values agree with the libraries', and the detectable difference behaves as it must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from evo.gaps.beam import beam, score
from evo.gaps.condition import Condition
from evo.gaps.contrasts import p_values
from evo.gaps.detectable import smallest_difference
from evo.gaps.efficiency import amounts, excess
from evo.gaps.view import View
from fitness.outcome import Outcome
from fitness.suites import Example


def _view(events: list[bool], tags: list[list[bool]], units: list[int] | None = None) -> View:
    bad = np.array(events, dtype=bool)
    return View(
        kind="failing",
        domain="d",
        conditions=tuple(Condition(attribute="tag", value=str(i)) for i in range(len(tags))),
        masks=np.array(tags, dtype=bool).reshape(len(tags), len(events)),
        badness=bad.astype(float),
        events=bad,
        units=np.array(units or range(len(events)), dtype=np.int64),
        half=np.arange(len(events)) % 2 == 0,
        ids=tuple(str(i) for i in range(len(events))),
    )


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_counts_are_compared_by_fishers_test(rows: list[tuple[bool, bool]]) -> None:
    view = _view([bad for bad, _ in rows], [[inside for _, inside in rows]])
    (p,) = p_values(view, [view.masks[0]], view.everything)
    a = sum(bad and inside for bad, inside in rows)
    b = sum(not bad and inside for bad, inside in rows)
    c = sum(bad and not inside for bad, inside in rows)
    d = len(rows) - a - b - c
    if 0 in (a + b, c + d) or a * (c + d) <= c * (a + b):
        assert p == 1.0
    else:
        assert p == pytest.approx(fisher_exact([[a, b], [c, d]], "greater").pvalue)


def test_rows_of_one_cluster_are_one_piece_of_evidence() -> None:
    events, tag = [True] * 20 + [False] * 80, [True] * 40 + [False] * 60
    alone = p_values(_view(events, [tag]), [np.array(tag)], np.ones(100, dtype=bool))[0]
    clustered = _view(events, [tag], [i // 20 for i in range(100)])
    assert alone < 1e-6
    assert p_values(clustered, [np.array(tag)], clustered.everything)[0] > 0.05


def test_only_the_rows_asked_for_count() -> None:
    view = _view([True] * 10 + [False] * 30, [[True] * 10 + [False] * 10 + [True] * 20])
    first = np.arange(40) < 20
    assert p_values(view, [view.masks[0]], first)[0] < 1e-4
    assert p_values(view, [view.masks[0]], ~first)[0] == 1.0


def test_small_slices_and_small_rests_are_not_looked_at() -> None:
    n = 40
    sizes = {0: 9, 1: 10, 2: 30, 3: 31}
    view = _view(
        [i % 2 == 0 for i in range(n)], [[i < s for i in range(n)] for s in sizes.values()]
    )
    assert {one.members for one in beam(view, view.everything) if len(one.members) == 1} == {
        (1,),
        (2,),
    }


def test_a_larger_slice_with_the_same_error_scores_higher() -> None:
    view = _view([True, False] * 20 + [False] * 40, [[i < 20 for i in range(80)]])
    wide = np.arange(80) < 40
    assert score(view, wide, view.everything) > score(view, view.masks[0], view.everything)


@given(
    n=st.integers(100, 3000),
    share=st.sampled_from([0.1, 0.25, 0.5]),
    rest=st.floats(0, 0.8),
    looked=st.integers(1, 500),
)
def test_more_examples_show_smaller_differences(
    n: int, share: float, rest: float, looked: int
) -> None:
    few, many = (smallest_difference(size, share, rest, looked) for size in (n, 2 * n))
    if few is not None:
        assert many is not None
        assert 0 < many <= few <= 1 - rest
        harder = smallest_difference(n, share, rest, looked + 1)
        assert harder is None or harder >= few - 1e-9


def test_a_slice_too_small_to_be_looked_at_is_never_seen() -> None:
    assert smallest_difference(190, 0.1, 0.1, 1) is None
    assert smallest_difference(600, 0.5, 1.0, 1) is None


def test_cost_is_compared_with_neighbours_in_length() -> None:
    lengths = list(range(1, 201))
    over = excess([10.0 + 2 * length for length in lengths], lengths)
    assert abs(over[50:]).max() < 0.3  # within a neighbourhood of 25
    assert excess([5.0, 5.0, 20.0], [1, 1, 1])[2] == pytest.approx(np.log(4))


def test_money_that_follows_the_tokens_is_no_second_metric() -> None:
    example = Example("e", {"text": "x"}, "a", "d", "e")
    rows = [(example, Outcome("e", 1.0, "a", tokens=t, money=t / 1000)) for t in (5, 9, 30)]
    assert "money" not in amounts(rows)
    uneven = [(example, Outcome("e", 1.0, "a", tokens=t, money=m)) for t, m in ((5, 9.0), (9, 1.0))]
    assert "money" in amounts(uneven)
    unknown = [(example, Outcome("e", 1.0, "a", money=float(t))) for t in (5, 9, 30)]
    assert amounts(unknown)["money"] == [5.0, 9.0, 30.0]
