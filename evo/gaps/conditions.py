"""Which properties the examples of a suite can share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from evo.gaps.condition import Condition, input_length
from evo.gaps.observed import wrong
from fitness.outcome import Outcome
from fitness.suites import Example

MOST_LABELS = 20
"""With more targets these are free texts, not labels, and make no slices."""

_QUARTERS = (0.25, 0.5, 0.75)


def plain_conditions(examples: Sequence[Example]) -> tuple[Condition, ...]:
    """Targets, tags and quarters of length, in a fixed order.

    Args:
        examples: The whole suite, so that a slice keeps its meaning when more is measured.
    """
    targets = sorted({example.target for example in examples})
    tags = sorted({tag for example in examples for tag in example.tags})
    return (
        *(Condition(attribute="target", value=t) for t in targets if _are_labels(targets)),
        *(Condition(attribute="tag", value=tag) for tag in tags),
        *_lengths([input_length(example) for example in examples]),
    )


def confusions(examples: Iterable[Example], outcomes: Iterable[Outcome]) -> tuple[Condition, ...]:
    """One condition for each target and each wrong answer that occurs.

    Empty where a target has one wrong answer only: "taken for the other" is then the same as
    "wrong", and the target's own slice says it. Empty too where answers are not known.
    """
    targets = sorted({example.target for example in examples})
    known = list(outcomes)
    answers = {outcome.answer for outcome in known if wrong(outcome)} | set(targets)
    if not _are_labels(targets) or not 3 <= len(answers) <= MOST_LABELS:
        return ()
    if all(outcome.answer is None for outcome in known):
        return ()
    ordered = sorted(answers, key=lambda answer: (answer is None, answer or ""))
    return tuple(_confusion(t, a) for t in targets for a in ordered if a != t)


def _are_labels(targets: Sequence[str]) -> bool:
    return 2 <= len(targets) <= MOST_LABELS


def _confusion(target: str, answer: str | None) -> Condition:
    shown = "(no answer)" if answer is None else answer
    return Condition(attribute="confusion", value=f"{target}->{shown}", pair=(target, answer))


def _lengths(lengths: Sequence[int]) -> tuple[Condition, ...]:
    """Bins between the quartiles; fewer where many lengths are equal."""
    if not lengths:
        return ()
    inner = {int(edge) for edge in np.quantile(lengths, _QUARTERS, method="higher")}
    edges = sorted(inner - {min(lengths)})
    if not edges:
        return ()
    lows, highs = [0, *edges], [*edges, None]
    return tuple(
        Condition(attribute="length", value=f"q{number}", low=low, high=high)
        for number, (low, high) in enumerate(zip(lows, highs, strict=True), start=1)
    )
