"""Objectives: how outcomes become the numbers that the search compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitness.outcome import Outcome


@dataclass(frozen=True)
class Objective:
    """One axis of the search.

    Attributes:
        name: ``quality``, ``regression``, ``cost`` or ``length``.
        direction: Whether more or less is better.
        unit: What a value counts.
    """

    name: str
    direction: Literal["maximise", "minimise"]
    unit: str


OBJECTIVES: tuple[Objective, ...] = (
    Objective("quality", "maximise", "mean score in [0, 1] on the search suite"),
    Objective("regression", "maximise", "mean score in [0, 1] on the regression domains"),
    Objective("cost", "minimise", "tokens per call"),
    Objective("length", "minimise", "characters of prompt"),
)


@dataclass(frozen=True)
class Estimate:
    """A mean with its uncertainty.

    Attributes:
        mean: Mean of the scores that are not missing; 0 without any.
        se: Standard error of the mean; infinite below two scores.
        n: Scores that are not missing.
    """

    mean: float
    se: float
    n: int

    def shrunk(self, prior: float, strength: float = 10.0) -> float:
        """Posterior mean under ``strength`` pseudo-scores at ``prior`` (Efron & Morris 1975):
        a mean over few examples is pulled further than one over many."""
        return (self.n * self.mean + strength * prior) / (self.n + strength)


def estimate(outcomes: Sequence[Outcome]) -> Estimate:
    """Mean score with its standard error; missing outcomes are left out, never counted as 0."""
    scores = np.array([o.score for o in outcomes if o.score is not None], dtype=float)
    if scores.size == 0:
        return Estimate(0.0, float("inf"), 0)
    if scores.size == 1:
        return Estimate(float(scores[0]), float("inf"), 1)
    return Estimate(
        float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(scores.size)), int(scores.size)
    )


def mean_tokens(outcomes: Sequence[Outcome]) -> float | None:
    """Tokens per call; ``None`` if no outcome knows them."""
    tokens = [o.tokens for o in outcomes if o.tokens is not None]
    return float(np.mean(tokens)) if tokens else None
