"""Both arms on one example."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from fitness.outcome import Outcome
from fitness.stats import cluster_means
from fitness.suites import Example
from genomes import Genome
from genomes.errors import DataError, IntegrityError


class Measure(Protocol):
    """Measures a genome on examples of one domain.

    Contract: one outcome an example, in order. An infrastructure failure is an outcome with
    ``score=None``; what raises ends the attempt, and nothing is promoted.
    """

    def __call__(
        self, genome: Genome, domain: str, examples: Sequence[Example]
    ) -> Sequence[Outcome]:
        """The outcomes of ``genome`` on ``examples``."""
        ...


class Pair(BaseModel):
    """Scores of champion and candidate on one example.

    Attributes:
        example_id: The example.
        cluster: Its cluster.
        champion: Score in [0, 1]; ``None`` if missing.
        candidate: Score in [0, 1]; ``None`` if missing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    example_id: str
    cluster: str
    champion: float | None
    candidate: float | None

    @property
    def missing(self) -> bool:
        """Whether either arm lacks a score."""
        return self.champion is None or self.candidate is None

    @property
    def difference(self) -> float:
        """Candidate minus champion; -1 for a missing pair, the worst case for the candidate."""
        if self.champion is None or self.candidate is None:
            return -1.0
        return self.candidate - self.champion

    @property
    def won(self) -> bool:
        """Whether the candidate scored higher; false for a missing pair."""
        return not self.missing and self.difference > 0.0

    @property
    def lost(self) -> bool:
        """Whether the candidate scored lower; false for a missing pair."""
        return not self.missing and self.difference < 0.0


def unit_means(pairs: Sequence[Pair], *, clustered: bool) -> npt.NDArray[np.float64]:
    """The difference of each independent unit: an example, or the mean of a cluster."""
    differences = [pair.difference for pair in pairs]
    if not clustered:
        return np.array(differences, dtype=np.float64)
    return cluster_means(differences, [pair.cluster for pair in pairs])


def measure_pairs(
    measure: Measure,
    champion: Genome,
    candidate: Genome,
    domain: str,
    examples: Sequence[Example],
) -> tuple[Pair, ...]:
    """Measures both arms on the same examples.

    Raises:
        IntegrityError: An arm answered for other examples than those asked for.
        DataError: A score lies outside [0, 1] or is not a number.
    """
    first = _scores(measure(champion, domain, examples), examples)
    second = _scores(measure(candidate, domain, examples), examples)
    return tuple(
        Pair(example_id=example.id, cluster=example.cluster, champion=old, candidate=new)
        for example, old, new in zip(examples, first, second, strict=True)
    )


def _scores(outcomes: Sequence[Outcome], examples: Sequence[Example]) -> list[float | None]:
    asked = [example.id for example in examples]
    given = [outcome.example_id for outcome in outcomes]
    if asked != given:
        raise IntegrityError(
            f"measured {len(given)} outcomes that do not match the {len(asked)} planned examples",
            remedy="a measure returns one outcome an example, in the order asked",
        )
    for outcome in outcomes:
        score = outcome.score
        if score is not None and not (math.isfinite(score) and 0.0 <= score <= 1.0):
            raise DataError(
                f"example {outcome.example_id!r} scored {score!r}, outside [0, 1]",
                remedy="fix the scorer; a missing score is None",
            )
    return [outcome.score for outcome in outcomes]
