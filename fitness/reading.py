"""From a response to an answer. A pure function: changing the rule costs no call."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fitness.response import Response
from genomes.errors import ConfigError
from genomes.rendered import ReadingRule


@dataclass(frozen=True)
class Answer:
    """What was read.

    Attributes:
        text: The label or extracted text; ``None`` for an abstention or no evidence.
        scores: Label to log-probability after offsets, in nats; empty without labels.
        abstained: Whether the rule, not the lack of evidence, withheld the answer.
    """

    text: str | None
    scores: Mapping[str, float] = field(default_factory=dict)
    abstained: bool = False


def read(response: Response, rule: ReadingRule) -> Answer:
    """Reads a response under a rule.

    With labels and log-probabilities the label with the highest offset log-probability wins;
    with labels alone the first label named in the text; without labels the extracted text.

    Raises:
        ConfigError: The rule names an unknown extraction.
    """
    if not rule.labels:
        return Answer(extraction(rule.extract or "whole")(response.text))
    if response.logprobs is None and response.text.strip():
        return _read_text(response.text, rule)
    return _decide(label_scores(response, rule.labels), rule)


def label_scores(response: Response, labels: tuple[str, ...]) -> dict[str, float]:
    """Log-probability of each label's best first token, in nats.

    A returned token speaks for a label if, stripped and lower-cased, it begins the label and no
    other label. A label that no token speaks for gets the smallest returned value: its true
    one is at most that. Without any evidence all labels score 0, so that only the rule's
    offsets decide.
    """
    tokens = response.logprobs or ()
    floor = min((value for _, value in tokens), default=0.0)
    scores = dict.fromkeys(labels, -math.inf)
    for token, value in tokens:
        label = _label_of(token, labels)
        if label is not None:
            scores[label] = max(scores[label], value)
    if all(math.isinf(score) for score in scores.values()):
        return dict.fromkeys(labels, 0.0)
    return {label: floor if math.isinf(score) else score for label, score in scores.items()}


def _label_of(token: str, labels: tuple[str, ...]) -> str | None:
    start = token.strip().lower()
    fits = [label for label in labels if start and label.lower().startswith(start)]
    return fits[0] if len(fits) == 1 else None


def _decide(scores: dict[str, float], rule: ReadingRule) -> Answer:
    offsets = dict(rule.offsets)
    shifted = {label: score + offsets.get(label, 0.0) for label, score in scores.items()}
    allowed = _over_threshold(shifted, dict(rule.thresholds))
    best = max(allowed, key=lambda label: shifted[label], default=None)
    if best is None:
        return Answer(None, shifted, abstained=True)
    lead = shifted[best] - max((shifted[la] for la in allowed if la != best), default=-math.inf)
    if lead == 0.0:  # a tie is no answer; alphabetical order must not decide
        return Answer(None, shifted)
    if lead < rule.abstain:
        return Answer(None, shifted, abstained=True)
    return Answer(best, shifted)


def _over_threshold(scores: dict[str, float], thresholds: dict[str, float]) -> list[str]:
    if not thresholds:
        return list(scores)
    top = max(scores.values())
    total = sum(math.exp(score - top) for score in scores.values())
    return [
        label
        for label, score in scores.items()
        if math.exp(score - top) / total >= thresholds.get(label, 0.0)
    ]


def _read_text(text: str, rule: ReadingRule) -> Answer:
    found = extraction(rule.extract)(text) if rule.extract else text
    places = {
        label: match.start()
        for label in rule.labels
        if (match := re.search(rf"\b{re.escape(label)}\b", found or "", re.IGNORECASE))
    }
    return Answer(min(places, key=lambda label: places[label]) if places else None)


def _pattern(pattern: str, which: int, text: str) -> str | None:
    found = re.findall(pattern, text)
    return str(found[which]) if found else None


_NUMBER = r"-?\d+(?:\.\d+)?"
_EXTRACTIONS: dict[str, Callable[[str], str | None]] = {
    "whole": lambda text: text.strip() or None,
    "first_line": lambda text: next((x.strip() for x in text.splitlines() if x.strip()), None),
    "last_line": lambda text: next(
        (x.strip() for x in reversed(text.splitlines()) if x.strip()), None
    ),
    "first_number": lambda text: _pattern(_NUMBER, 0, text),
    "last_number": lambda text: _pattern(_NUMBER, -1, text),
}


def extraction(name: str) -> Callable[[str], str | None]:
    """The extraction rule of this name; ``regex:PATTERN`` takes the first group or match.

    Raises:
        ConfigError: No such rule, or the pattern does not compile.
    """
    if name.startswith("regex:"):
        try:
            pattern = re.compile(name.removeprefix("regex:"))
        except re.error as error:
            raise ConfigError(f"bad pattern in {name!r}: {error}") from error
        return lambda text: _first_group(pattern, text)
    if name not in _EXTRACTIONS:
        raise ConfigError(f"unknown extraction {name!r}", remedy=f"one of {list(_EXTRACTIONS)}")
    return _EXTRACTIONS[name]


def _first_group(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1 if pattern.groups else 0) if match else None
