"""Reading: labels by log-probability, text, offsets, thresholds, abstention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.reading import label_scores, read
from fitness.response import Response
from genomes import ReadingRule
from genomes.errors import ConfigError

LABELS = ("positive", "negative")


def _response(**logprobs: float) -> Response:
    ranked = sorted(logprobs.items(), key=lambda pair: -pair[1])
    return Response("x", logprobs=tuple(ranked))


def test_best_label_wins_whatever_the_case_or_the_spaces() -> None:
    response = Response("x", logprobs=((" Neg", -0.5), ("positive", -1.0), ("the", -2.0)))
    assert read(response, ReadingRule(labels=LABELS)).text == "negative"


def test_a_token_that_begins_two_labels_speaks_for_none() -> None:
    response = Response("x", logprobs=(("p", -0.1), ("plot", -3.0), ("play", -4.0)))
    assert label_scores(response, ("plot", "play")) == {"plot": -3.0, "play": -4.0}


def test_a_label_outside_the_list_gets_the_smallest_value_returned() -> None:
    scores = label_scores(_response(positive=-1.0, other=-7.0), LABELS)
    assert scores == {"positive": -1.0, "negative": -7.0}


def test_no_evidence_is_a_tie_and_only_the_offset_decides() -> None:
    empty = Response("", logprobs=None)
    assert read(empty, ReadingRule(labels=LABELS)).text is None
    rule = ReadingRule(labels=LABELS, offsets=(("negative", 0.1),))
    assert read(empty, rule).text == "negative"


@given(st.floats(-20, 0), st.floats(-20, 0), st.floats(-5, 5))
def test_an_offset_shifts_the_margin_by_itself(a: float, b: float, offset: float) -> None:
    response = _response(positive=a, negative=b)
    plain = read(response, ReadingRule(labels=LABELS)).scores
    moved = read(response, ReadingRule(labels=LABELS, offsets=(("positive", offset),))).scores
    gap = plain["positive"] - plain["negative"]
    assert moved["positive"] - moved["negative"] == pytest.approx(gap + offset)


def test_a_small_margin_abstains() -> None:
    response = _response(positive=-1.0, negative=-1.4)
    answer = read(response, ReadingRule(labels=LABELS, abstain=0.5))
    assert answer.text is None
    assert answer.abstained


def test_a_threshold_keeps_a_label_from_being_answered() -> None:
    response = _response(positive=-0.5, negative=-1.0)  # p(positive) = .62
    rule = ReadingRule(labels=LABELS, thresholds=(("positive", 0.7),))
    assert read(response, rule).text == "negative"


def test_without_log_probabilities_the_first_label_in_the_text_counts() -> None:
    rule = ReadingRule(labels=LABELS)
    assert read(Response("Negative, not positive."), rule).text == "negative"
    assert read(Response("nonpositively"), rule).text is None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("last_number", "2 + 3 = 5", "5"),
        ("first_number", "-2.5 then 3", "-2.5"),
        ("last_line", "so\n\n42 \n", "42"),
        ("regex:answer: (\\w+)", "the answer: yes", "yes"),
        ("last_number", "none", None),
    ],
)
def test_extractions(name: str, text: str, found: str | None) -> None:
    assert read(Response(text), ReadingRule(extract=name)).text == found


def test_an_unknown_extraction_is_the_users_error() -> None:
    with pytest.raises(ConfigError, match="unknown extraction"):
        read(Response("x"), ReadingRule(extract="best_guess"))
