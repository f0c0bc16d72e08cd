"""Gaps: the slice that surely costs most comes first; missing data is no failure."""

from __future__ import annotations

from support import taste_suite

from evo.gaps import find_gaps
from fitness.outcome import Outcome
from fitness.suites import Suite


def _outcomes(suite: Suite, wrong: str, share: int) -> list[Outcome]:
    return [
        Outcome(e.id, 0.0 if e.target == wrong and i % share == 0 else 1.0)
        for i, e in enumerate(suite)
    ]


def test_the_planted_slice_comes_first() -> None:
    suite = taste_suite("taste", "search", 100)
    gaps = find_gaps([(suite, _outcomes(suite, "bad", 4))])
    assert [gap.slice for gap in gaps] == ["target=bad"]
    assert (gaps[0].failures, gaps[0].n) == (25, 50)
    assert set(gaps[0].example_ids) <= {e.id for e in suite if e.target == "bad"}


def test_a_small_unlucky_slice_does_not_outrank_a_large_sure_one() -> None:
    large, small = taste_suite("taste", "search", 200), taste_suite("other", "search", 24)
    gaps = find_gaps([(large, _outcomes(large, "good", 1)), (small, _outcomes(small, "bad", 2))])
    assert gaps[0].domain == "taste"


def test_missing_outcomes_make_no_gap() -> None:
    suite = taste_suite("taste", "search", 40)
    assert find_gaps([(suite, [Outcome(e.id, None) for e in suite])]) == ()


def test_the_id_names_the_slice_not_the_evidence() -> None:
    suite = taste_suite("taste", "search", 100)
    first = find_gaps([(suite, _outcomes(suite, "bad", 4))])[0]
    second = find_gaps([(suite, _outcomes(suite, "bad", 2))])[0]
    assert first.id == second.id
