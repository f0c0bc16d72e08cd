"""A gap says which examples are inside it, and its figures are counts over just those."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import taste_suite
from support_gaps import failing, noise_outcomes, observed, tagged_suite

from evo.gaps import Comparison, Condition, Gap, Observed, Terms, find_gaps, survey
from evo.gaps.conditions import confusions, plain_conditions
from evo.gaps.observed import wrong
from evo.gaps.terms import Bound
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes.errors import DataError


def _example(text: str = "abc", target: str = "a", tags: tuple[str, ...] = ()) -> Example:
    return Example("e", {"text": text}, target, "mail", "e", tags)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(0, 120), labels=st.sampled_from(["ab", "abc"]))
def test_figures_are_counts_over_the_examples_inside(seed: int, n: int, labels: str) -> None:
    rng = np.random.default_rng(seed)
    suite = tagged_suite(rng, n + 5, labels)
    bad = failing(rng, lambda e: "x" in e.tags, 0.5)
    outcomes = noise_outcomes(rng, suite, 0.2, bad)[:n]
    rows = {e.id: (e, o) for e, o in zip(suite, outcomes, strict=False)}
    for gap in find_gaps([(suite, outcomes)]):
        inside = [(e, o) for e, o in rows.values() if gap.covers(e)]
        assert set(gap.example_ids) <= {e.id for e, _ in inside}
        assert 0 <= gap.low <= gap.rate <= gap.high <= 1
        assert gap.priority == gap.terms.low <= gap.terms.value
        if gap.kind == "failing":
            assert gap.n == len(inside)
            assert gap.failures == sum(gap.covers(e, o) and wrong(o) for e, o in inside)
        assert Gap.model_validate(gap.model_dump(mode="json")) == gap


def test_order_is_proven_first_then_by_priority() -> None:
    rng = np.random.default_rng(2)
    suite = tagged_suite(rng, 600)
    bad = failing(rng, lambda e: "x" in e.tags, 0.5)
    gaps = find_gaps([(suite, noise_outcomes(rng, suite, 0.2, bad))])
    assert [gap.confirmed for gap in gaps] == sorted((g.confirmed for g in gaps), reverse=True)
    for group in (True, False):
        values = [gap.priority for gap in gaps if gap.confirmed is group]
        assert values == sorted(values, reverse=True)


def test_only_search_suites_are_looked_at() -> None:
    suite = taste_suite("taste", "gate", 20)
    with pytest.raises(DataError, match="role 'gate'"):
        find_gaps([(suite, [Outcome(e.id, 0.0) for e in suite])])


@pytest.mark.parametrize("n", [0, 1, 5])
def test_next_to_nothing_measured_is_no_error(n: int) -> None:
    suite = taste_suite("taste", "search", 20)
    report = survey([Observed(suite, [Outcome(e.id, 0.0) for e in suite.examples[:n]])])
    assert report.gaps == ()
    assert report.domains[0].n == n


def test_everything_wrong_or_everything_right_has_no_slices() -> None:
    suite = taste_suite("taste", "search", 100)
    for score in (0.0, 1.0):
        assert find_gaps([(suite, [Outcome(e.id, score, tokens=5) for e in suite])]) == ()


def test_a_length_keeps_its_name_when_its_limits_move() -> None:
    short = [_example("w" * i) for i in range(1, 41)]
    first, later = plain_conditions(short), plain_conditions(short + [_example("w" * 90)] * 30)
    names = [condition.name for condition in first if condition.attribute == "length"]
    assert names == ["length=q1", "length=q2", "length=q3", "length=q4"]
    assert names == [condition.name for condition in later if condition.attribute == "length"]
    assert str(first[-1]) != str(later[-1])


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_every_length_is_in_exactly_one_bin(lengths: list[int]) -> None:
    examples = [_example("w" * length) for length in lengths]
    bins = [c for c in plain_conditions(examples) if c.attribute == "length"]
    for example in examples:
        assert sum(one.fits(example) for one in bins) == (1 if bins else 0)


def test_texts_are_no_labels() -> None:
    examples = [_example(target=f"answer {i}") for i in range(30)]
    assert {c.attribute for c in plain_conditions(examples)} <= {"length", "tag"}
    assert confusions(examples, [Outcome("e", 0.0, "x")] * 30) == ()


def test_one_possible_wrong_answer_is_no_confusion() -> None:
    examples = [_example(target="a"), _example(target="b")]
    assert confusions(examples, [Outcome("e", 0.0, "b"), Outcome("e", 1.0, "b")]) == ()
    withheld = confusions(examples, [Outcome("e", 0.0, None), Outcome("e", 1.0, "b")])
    assert {one.value for one in withheld} == {"a->b", "a->(no answer)", "b->a", "b->(no answer)"}


def test_the_id_names_kind_slice_and_metric() -> None:
    def gap(**more: object) -> Gap:
        content = {"domain": "d", "slice": "tag=x", "n": 9, "failures": 3, "low": 0.1, "high": 0.5}
        return Gap(**{**content, "priority": 0.1, **more})

    ids = [
        gap().id,
        gap(kind="regressed").id,
        gap(kind="inefficient", metric="tokens").id,
        gap(kind="inefficient", metric="steps").id,
        gap(slice="tag=y").id,
        gap(domain="e").id,
    ]
    assert len(set(ids)) == len(ids)
    assert gap(n=90, priority=0.5, confirmed=True).id == gap().id


def test_terms_multiply_and_bound() -> None:
    half = Bound(value=0.5, low=0.25)
    terms = Terms(share=half, severity=0.2, headroom=half, tractability=half)
    assert terms.value == pytest.approx(0.025)
    assert terms.low == pytest.approx(0.2 / 64)


def test_an_earlier_genome_that_was_better_raises_the_headroom() -> None:
    rng = np.random.default_rng(4)
    suite = tagged_suite(rng, 600)
    bad = failing(rng, lambda e: "x" in e.tags, 0.5)
    outcomes = noise_outcomes(rng, suite, 0.3, bad)
    perfect = [Outcome(e.id, 1.0, e.target) for e in suite]
    alone = survey([observed(suite, outcomes)]).confirmed[0]
    beside = next(
        gap
        for gap in survey([Observed(suite, outcomes, before={"seed": perfect})]).confirmed
        if gap.id == alone.id
    )
    assert alone.terms is not None
    assert beside.terms is not None
    assert beside.terms.headroom.value > alone.terms.headroom.value
    assert beside.comparisons == (
        Comparison(
            name="seed",
            n=beside.n,
            before=0.0,
            now=beside.rate,
            low=beside.comparisons[0].low,
            high=beside.comparisons[0].high,
        ),
    )


def test_what_helped_before_ranks_a_kind_higher() -> None:
    rng = np.random.default_rng(4)
    suite = tagged_suite(rng, 600)
    outcomes = noise_outcomes(rng, suite, 0.3, failing(rng, lambda e: "x" in e.tags, 0.5))
    plain = survey([observed(suite, outcomes)]).gaps[0]
    helped = survey([observed(suite, outcomes)], {"failing": (9, 10)}).gaps[0]
    failed = survey([observed(suite, outcomes)], {"failing": (0, 10)}).gaps[0]
    assert failed.priority < plain.priority < helped.priority


def test_a_condition_of_the_answer_needs_the_wrong_answer() -> None:
    pair = Condition(attribute="confusion", value="a->b", pair=("a", "b"))
    assert pair.fits(_example(target="a"))
    assert not pair.fits(_example(target="b"))
    assert not pair.fits(_example(target="a"), Outcome("e", None, "b"))


def test_a_suite_of_another_domain_is_outside() -> None:
    suite: Suite = taste_suite("taste", "search", 100)
    bad = [Outcome(e.id, float(e.target == "good")) for e in suite]
    gap = find_gaps([(suite, bad)])[0]
    assert not gap.covers(taste_suite("other", "search", 2).examples[0])
