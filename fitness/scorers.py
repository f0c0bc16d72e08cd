"""Scorers: how much an answer is worth, in [0, 1]."""

from __future__ import annotations

import importlib
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Protocol

from fitness.outcome import Outcome
from fitness.reading import Answer, read
from fitness.response import Response
from fitness.suites.example import Example
from fitness.suites.suite import Suite
from genomes.errors import ConfigError
from genomes.rendered import ReadingRule


class Scorer(Protocol):
    """Scores one answer; higher is better, in [0, 1]."""

    def __call__(self, answer: Answer, example: Example) -> float: ...


def exact(answer: Answer, example: Example) -> float:
    """1 if the answer equals the target."""
    return float(answer.text == example.target)


def normalised(answer: Answer, example: Example) -> float:
    """1 if they are equal up to case, punctuation, accents and spaces."""
    return float(answer.text is not None and _plain(answer.text) == _plain(example.target))


def margin(answer: Answer, example: Example) -> float:
    """Probability of the target among the labels; 0 without evidence."""
    if not answer.scores or answer.text is None:
        return 0.0
    top = max(answer.scores.values())
    weights = {label: math.exp(score - top) for label, score in answer.scores.items()}
    return weights.get(example.target, 0.0) / sum(weights.values())


def regex(pattern: str) -> Scorer:
    """1 if the pattern, in which ``{target}`` stands for the target, matches the answer.

    Raises:
        ConfigError: The pattern does not compile.
    """
    try:
        re.compile(pattern.replace("{target}", "x"))
    except re.error as error:
        raise ConfigError(f"bad pattern in 'regex:{pattern}': {error}") from error

    def score(answer: Answer, example: Example) -> float:
        wanted = pattern.replace("{target}", re.escape(example.target))
        return float(answer.text is not None and re.search(wanted, answer.text) is not None)

    return score


_NAMED: dict[str, Scorer] = {"exact": exact, "normalised": normalised, "margin": margin}


def scorer(name: str) -> Scorer:
    """The scorer of this name: ``exact``, ``normalised``, ``margin``, ``regex:PATTERN`` or
    ``module:function`` with the signature ``(answer: str | None, target: str) -> float``.

    Raises:
        ConfigError: There is none.
    """
    if name in _NAMED:
        return _NAMED[name]
    if name.startswith("regex:"):
        return regex(name.removeprefix("regex:"))
    if ":" in name:
        function = load_function(name)
        return lambda answer, example: float(function(answer.text, example.target))
    raise ConfigError(
        f"unknown scorer {name!r}",
        remedy=f"one of {', '.join(_NAMED)}, regex:PATTERN, module:function",
    )


def load_function(path: str) -> Callable[..., Any]:
    """Imports ``module:function``.

    Raises:
        ConfigError: The module or the function does not exist.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"cannot import {path!r}: {error}") from error
    if not callable(found):
        raise ConfigError(f"{path!r} is a {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def outcome(response: Response, rule: ReadingRule, suite: Suite, example: Example) -> Outcome:
    """Scores a response. A scorer's exception is missing data with its reason, never a 0."""
    if response.status == "infra_error":
        return Outcome(example.id, None, note=response.error or "infrastructure failed")
    tokens = _tokens(response)
    if response.status == "limit":
        return Outcome(example.id, 0.0, tokens=tokens, money=response.money, note=response.error)
    answer = read(response, rule)
    score, note = _score(answer, suite, example)
    return Outcome(
        example.id, score, answer.text, _margin(answer, example.target), tokens,
        response.money, note,
    )  # fmt: skip


def _score(answer: Answer, suite: Suite, example: Example) -> tuple[float | None, str | None]:
    if answer.abstained:
        return suite.abstain_value, "abstained"
    try:
        value = float(scorer(suite.scorer)(answer, example))
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 (a user's scorer may raise anything)
        return None, f"scorer {suite.scorer} failed: {error!r}"
    if not 0.0 <= value <= 1.0:
        return None, f"scorer {suite.scorer} gave {value!r}, expected a number in [0, 1]"
    return value, None


def _margin(answer: Answer, target: str) -> float:
    rest = [score for label, score in answer.scores.items() if label != target]
    return answer.scores[target] - max(rest) if rest and target in answer.scores else 0.0


def _tokens(response: Response) -> int | None:
    if response.prompt_tokens is None or response.completion_tokens is None:
        return None
    return response.prompt_tokens + response.completion_tokens


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.sub(r"[^\w\s.\-]", "", letters).split()).strip(".")
