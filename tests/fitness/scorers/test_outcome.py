"""Outcomes: wrong is 0, missing is None, never the other way round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fitness.response import Response
from fitness.scorers import outcome
from fitness.suites import Example, Suite
from genomes import ReadingRule
from genomes.errors import ConfigError


@pytest.fixture
def suite(example: Example) -> Suite:
    return Suite("geo/search", "search", "geo", (example,))


def test_infrastructure_failure_is_missing_and_a_limit_is_wrong(suite, example) -> None:
    failed = Response("", status="infra_error", error="timed out")
    limit = Response("", status="limit", error="too many steps")
    assert outcome(failed, ReadingRule(), suite, example).score is None
    assert outcome(limit, ReadingRule(), suite, example).score == 0.0


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("explode", "ValueError: boom"),
        ("twice", r"gave 2.0 \(float\), expected a number in \[0, 1\]"),
        ("nan", "gave nan"),
        ("infinite", "gave inf"),
        ("word", r"gave '1.0' \(str\)"),
        ("nothing", r"gave None \(NoneType\)"),
    ],
)
def test_a_broken_scorer_gives_missing_data_with_its_reason(
    own, suite, example, function, said
) -> None:
    found = outcome(
        Response("Paris"), ReadingRule(), replace(suite, scorer=f"{own}:{function}"), example
    )
    assert found.score is None
    assert found.scorer_failed
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(found.note)


def test_an_abstention_is_worth_what_the_suite_says(suite, example) -> None:
    response = Response("x", logprobs=(("a", -1.0), ("b", -1.1)))
    rule = ReadingRule(labels=("a", "b"), abstain=1.0)
    assert outcome(response, rule, suite, example).score == 0.0
    assert outcome(response, rule, replace(suite, abstain_value=0.3), example).score == 0.3


def test_an_unknown_scorer_ends_the_run_instead_of_hiding_in_a_note(suite, example) -> None:
    with pytest.raises(ConfigError, match="unknown scorer 'bleu'"):
        outcome(Response("x"), ReadingRule(), replace(suite, scorer="bleu"), example)


def test_other_scorers_stand_beside_the_first(own, suite, example) -> None:
    suite = replace(suite, others=(("overlap", "token_f1"), ("broken", f"{own}:explode")))
    found = outcome(Response("Paris", seconds=1.5, steps=2), ReadingRule(), suite, example)
    assert (found.score, found.others) == (1.0, (("overlap", 1.0), ("broken", None)))
    assert (found.seconds, found.steps, found.scorer_failed) == (1.5, 2, False)
    limit = Response("", status="limit", seconds=9.0)
    assert outcome(limit, ReadingRule(), suite, example).others[0] == ("overlap", 0.0)
