"""Scorers and outcomes: wrong is 0, missing is None, never the other way round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fitness.reading import Answer
from fitness.response import Response
from fitness.scorers import outcome, scorer
from fitness.suites import Example, Suite
from genomes import ReadingRule
from genomes.errors import ConfigError

EXAMPLE = Example("e", {"text": "t"}, "Paris", "geo", "c")
SUITE = Suite("geo/search", "search", "geo", (EXAMPLE,))


def explode(answer: str | None, target: str) -> float:
    raise ValueError("boom")


def twice(answer: str | None, target: str) -> float:
    return 2.0


def half(answer: str | None, target: str) -> float:
    return 0.5 if answer == target else 0.0


@pytest.mark.parametrize(
    ("name", "answer", "score"),
    [
        ("exact", "Paris", 1.0),
        ("exact", "paris", 0.0),
        ("normalised", " PARÍS. ", 1.0),
        ("normalised", "London", 0.0),
        ("regex:^{target}", "Paris, France", 1.0),
        ("regex:^{target}$", "Paris, France", 0.0),
        (f"{__name__}:half", "Paris", 0.5),
    ],
)
def test_scores(name: str, answer: str, score: float, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.startswith(__name__):
        monkeypatch.setattr("fitness.scorers.load_function", lambda _: half)
    assert scorer(name)(Answer(answer), EXAMPLE) == score


def test_margin_is_the_probability_of_the_target() -> None:
    example = replace(EXAMPLE, target="a")
    answer = Answer("a", {"a": 0.0, "b": 0.0, "c": 0.0})
    assert scorer("margin")(answer, example) == pytest.approx(1 / 3)


def test_infrastructure_failure_is_missing_and_a_limit_is_wrong() -> None:
    failed = Response("", status="infra_error", error="timed out")
    limit = Response("", status="limit", error="too many steps")
    assert outcome(failed, ReadingRule(), SUITE, EXAMPLE).score is None
    assert outcome(limit, ReadingRule(), SUITE, EXAMPLE).score == 0.0


@pytest.mark.parametrize(("function", "said"), [(explode, "boom"), (twice, "expected a number")])
def test_a_broken_scorer_gives_missing_data_with_its_reason(
    function: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fitness.scorers.load_function", lambda _: function)
    suite = replace(SUITE, scorer="user:function")
    found = outcome(Response("Paris"), ReadingRule(), suite, EXAMPLE)
    assert found.score is None
    assert said in str(found.note)


def test_an_abstention_is_worth_what_the_suite_says() -> None:
    response = Response("x", logprobs=(("a", -1.0), ("b", -1.1)))
    rule = ReadingRule(labels=("a", "b"), abstain=1.0)
    assert outcome(response, rule, SUITE, EXAMPLE).score == 0.0
    assert outcome(response, rule, replace(SUITE, abstain_value=0.3), EXAMPLE).score == 0.3


def test_an_unknown_scorer_is_named() -> None:
    with pytest.raises(ConfigError, match="unknown scorer 'bleu'"):
        scorer("bleu")
