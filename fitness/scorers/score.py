"""From a response to its outcome."""

from __future__ import annotations

from fitness.outcome import Outcome
from fitness.reading import Answer, read
from fitness.response import Response
from fitness.scorers.protocol import in_unit
from fitness.scorers.registry import scorer
from fitness.suites.example import Example
from fitness.suites.suite import Suite
from genomes.errors import ConfigError
from genomes.rendered import ReadingRule


def outcome(response: Response, rule: ReadingRule, suite: Suite, example: Example) -> Outcome:
    """Scores a response. A scorer's exception is missing data with its reason, never a 0."""
    if response.status == "infra_error":
        return Outcome(example.id, None, note=response.error or "infrastructure failed")
    tokens = _tokens(response)
    if response.status == "limit":
        return Outcome(
            example.id, 0.0, tokens=tokens, money=response.money, note=response.error,
            seconds=response.seconds, steps=response.steps,
            others=tuple((name, 0.0) for name, _ in suite.others), trace=response.trace,
        )  # fmt: skip
    answer = read(response, rule)
    score, note = _score(answer, suite, example)
    return Outcome(
        example.id, score, answer.text, _margin(answer, example.target), tokens,
        response.money, note, response.seconds, response.steps,
        _others(answer, suite, example), score is None,
        response.trace + _told(suite.scorer, answer, example, score),
    )  # fmt: skip


def _score(answer: Answer, suite: Suite, example: Example) -> tuple[float | None, str | None]:
    if answer.abstained:
        return suite.abstain_value, "abstained"
    return score_with(suite.scorer, answer, example)


def _told(name: str, answer: Answer, example: Example, score: float | None) -> tuple[str, ...]:
    """What the scorer says is wrong, for proposers to read; it never decides the score."""
    feedback = getattr(scorer(name), "feedback", None)
    if feedback is None or score is None or score >= 1.0 or answer.abstained:
        return ()
    try:
        text = feedback(answer, example)
    except Exception as error:  # noqa: BLE001 (a user's feedback may raise anything)
        text = f"no feedback: {type(error).__name__}: {error}"
    return () if text is None else (f"checker: {text}",)


def score_with(name: str, answer: Answer, example: Example) -> tuple[float | None, str | None]:
    """Score in [0, 1], or ``None`` and what the scorer of this name did wrong.

    Raises:
        ConfigError: There is no such scorer.
    """
    try:
        return in_unit(scorer(name)(answer, example)), None
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 (a user's scorer may raise anything)
        return None, f"scorer {name:.60} failed: {type(error).__name__}: {error}"


def _others(answer: Answer, suite: Suite, example: Example) -> tuple[tuple[str, float | None], ...]:
    if answer.abstained:
        return tuple((name, suite.abstain_value) for name, _ in suite.others)
    return tuple((name, score_with(other, answer, example)[0]) for name, other in suite.others)


def _margin(answer: Answer, target: str) -> float:
    rest = [score for label, score in answer.scores.items() if label != target]
    return answer.scores[target] - max(rest) if rest and target in answer.scores else 0.0


def _tokens(response: Response) -> int | None:
    if response.prompt_tokens is None or response.completion_tokens is None:
        return None
    return response.prompt_tokens + response.completion_tokens
