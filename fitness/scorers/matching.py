"""Scorers that compare text with the target."""

from __future__ import annotations

import math
import re
import unicodedata

from fitness.reading import Answer
from fitness.scorers.protocol import Scorer
from fitness.suites.example import Example
from genomes.errors import ConfigError


def exact(answer: Answer, example: Example) -> float:
    """1 if the answer equals the target."""
    return float(answer.text == example.target)


def normalised(answer: Answer, example: Example) -> float:
    """1 if they are equal up to case, punctuation, accents and spaces."""
    return float(answer.text is not None and plain(answer.text) == plain(example.target))


def contains(answer: Answer, example: Example) -> float:
    """1 if the answer holds the target as whole words, up to case, punctuation and accents.

    Kind to long answers: one that names every possibility holds the target too. Ask for short
    answers, or combine it with a scorer that minds the length.
    """
    wanted, text = plain(example.target), plain(answer.text or "")
    return float(bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None)


def margin(answer: Answer, example: Example) -> float:
    """Probability of the target among the labels; 0 without evidence."""
    if not answer.scores or answer.text is None:
        return 0.0
    top = max(answer.scores.values())
    if not math.isfinite(top):
        return 0.0
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


def plain(text: str) -> str:
    """Lower case, without accents, punctuation (but inner ``.`` and ``-``) and double spaces."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.sub(r"[^\w\s.\-]", "", letters).split()).strip(".")
