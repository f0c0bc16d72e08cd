"""Objectives: how outcomes become the numbers that the search compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitness.outcome import Outcome


@dataclass(frozen=True)
class Objective:
    """One axis of the search, with its hard limits.

    Attributes:
        name: One of ``KNOWN``, or the name of a further scorer of the suite.
        direction: Whether more or less is better.
        unit: What a value counts.
        ceiling: Mean above which a genome is out; ``None`` for no limit.
        floor: Mean below which a genome is out; ``None`` for no limit.
        axis: Whether genomes are compared by it, or only held to its limits.
    """

    name: str
    direction: Literal["maximise", "minimise"]
    unit: str
    ceiling: float | None = None
    floor: float | None = None
    axis: bool = True

    @property
    def limited(self) -> bool:
        """Whether it has a limit."""
        return self.ceiling is not None or self.floor is not None

    def broken(self, value: float | None) -> str | None:
        """Which limit a measured value breaks, in words; ``None`` if it keeps them.

        An unknown value keeps none: what is not measured never counts as within a limit.
        """
        if not self.limited:
            return None
        if value is None:
            return f"{self.name} is unknown, but has a limit"
        if self.ceiling is not None and value > self.ceiling:
            return f"{self.name} {value:.4g} is above its ceiling {self.ceiling:.4g}"
        if self.floor is not None and value < self.floor:
            return f"{self.name} {value:.4g} is below its floor {self.floor:.4g}"
        return None

    def excess(self, value: float | None) -> float:
        """How far beyond its limits a value is, as a share of the limit; 0 within, infinite if
        unknown."""
        if self.broken(value) is None:
            return 0.0
        if value is None:
            return float("inf")
        limit = self.ceiling if self.ceiling is not None and value > self.ceiling else self.floor
        return abs(value - limit) / max(abs(limit), 1e-9) if limit is not None else 0.0


OBJECTIVES: tuple[Objective, ...] = (
    Objective("quality", "maximise", "mean score in [0, 1] on the search suite"),
    Objective("regression", "maximise", "mean score in [0, 1] on the regression domains"),
    Objective("cost", "minimise", "tokens per call"),
    Objective("length", "minimise", "characters of prompt"),
)

KNOWN: Mapping[str, Objective] = {
    one.name: one
    for one in (
        *OBJECTIVES,
        Objective("money", "minimise", "USD per call"),
        Objective("latency", "minimise", "seconds per call"),
        Objective("steps", "minimise", "steps of the agent per example"),
    )
}
"""What can be measured without a further scorer."""


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
    return mean_of("cost", outcomes)


def mean_of(name: str, outcomes: Sequence[Outcome]) -> float | None:
    """Mean of ``cost``, ``money``, ``latency``, ``steps`` or a further scorer's values over the
    outcomes that know it; ``None`` if none does."""
    known = [value for outcome in outcomes if (value := value_of(name, outcome)) is not None]
    return float(np.mean(known)) if known else None


def value_of(name: str, outcome: Outcome) -> float | None:
    """What one outcome says about an objective by name; ``None`` if it is unknown."""
    if name == "quality":
        return outcome.score
    if name == "cost":
        return outcome.tokens
    if name == "money":
        return outcome.money
    if name == "latency":
        return outcome.seconds
    if name == "steps":
        return outcome.steps
    return dict(outcome.others).get(name)
