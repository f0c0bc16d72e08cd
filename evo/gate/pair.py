"""Both arms on one example."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from evo.gate.growing import Growing
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


class Pair(Growing):
    """Scores of champion and candidate on one example.

    Attributes:
        example_id: The example.
        cluster: Its cluster.
        champion: Score in [0, 1]; ``None`` if missing.
        candidate: Score in [0, 1]; ``None`` if missing.
        champion_cost: What its answer cost, in the plan's unit; ``None`` if unknown, or if the
            plan's primary is not the cost.
        candidate_cost: The same of the candidate.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"champion_cost", "candidate_cost"})

    example_id: str
    cluster: str
    champion: float | None
    candidate: float | None
    champion_cost: float | None = None
    candidate_cost: float | None = None

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


class Tally(NamedTuple):
    """Counts of pairs.

    Attributes:
        wins: The candidate scored higher.
        losses: It scored lower.
        ties: Equal scores.
        missing: An arm lacks a score.
    """

    wins: int = 0
    losses: int = 0
    ties: int = 0
    missing: int = 0


def tally(pairs: Iterable[Pair]) -> Tally:
    """Counts pairs in one pass."""
    wins = losses = ties = missing = 0
    for pair in pairs:
        old, new = pair.champion, pair.candidate
        if old is None or new is None:
            missing += 1
        elif new > old:
            wins += 1
        elif new < old:
            losses += 1
        else:
            ties += 1
    return Tally(wins, losses, ties, missing)


def unit_means(pairs: Sequence[Pair], *, clustered: bool) -> npt.NDArray[np.float64]:
    """The difference of each independent unit: an example, or the mean of a cluster."""
    differences = [pair.difference for pair in pairs]
    if not clustered:
        return np.array(differences, dtype=np.float64)
    return cluster_means(differences, [pair.cluster for pair in pairs])


def pair_up(
    examples: Sequence[Example], first: Sequence[Outcome], second: Sequence[Outcome]
) -> tuple[Pair, ...]:
    """Pairs of the outcomes of two arms on the same examples: the first is the champion's.

    Raises:
        IntegrityError: An arm answered for other examples than those asked for.
        DataError: A score lies outside [0, 1] or is not a number.
    """
    old, new = _scores(first, examples), _scores(second, examples)
    return tuple(
        Pair(example_id=example.id, cluster=example.cluster, champion=one, candidate=other)
        for example, one, other in zip(examples, old, new, strict=True)
    )


def beside(
    pairs: Sequence[Pair], examples: Sequence[Example], other: Sequence[Outcome]
) -> tuple[Pair, ...]:
    """The candidate's scores in ``pairs`` beside those of another genome than the champion.

    Raises:
        IntegrityError: The other genome answered for other examples than those asked for.
        DataError: A score lies outside [0, 1] or is not a number.
    """
    return tuple(
        Pair(example_id=one.example_id, cluster=one.cluster, champion=old, candidate=one.candidate)
        for one, old in zip(pairs, _scores(other, examples), strict=True)
    )


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
    first = measure(champion, domain, examples)
    return pair_up(examples, first, measure(candidate, domain, examples))


def check_asked(outcomes: Sequence[Outcome], examples: Sequence[Example]) -> None:
    """Whether there is one outcome an example, in order.

    Raises:
        IntegrityError: An arm answered for other examples than those asked for.
    """
    asked = [example.id for example in examples]
    if asked != [outcome.example_id for outcome in outcomes]:
        raise IntegrityError(
            f"measured {len(outcomes)} outcomes that do not match the {len(asked)} planned "
            "examples",
            remedy="a measure returns one outcome an example, in the order asked",
        )


def _scores(outcomes: Sequence[Outcome], examples: Sequence[Example]) -> list[float | None]:
    check_asked(outcomes, examples)
    for outcome in outcomes:
        score = outcome.score
        if score is not None and not (math.isfinite(score) and 0.0 <= score <= 1.0):
            raise DataError(
                f"example {outcome.example_id!r} scored {score!r}, outside [0, 1]",
                remedy="fix the scorer; a missing score is None",
            )
    return [None if one.score is None else float(one.score) for one in outcomes]
