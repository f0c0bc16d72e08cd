"""What the search asks for, and what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evo.proposers import Proposal
from fitness.outcome import Outcome
from fitness.suites import Example, Suite
from genomes import Genome
from genomes.errors import EvogateError


@dataclass(frozen=True)
class Trial:
    """One genome to measure.

    Attributes:
        proposal: The genome and its story.
        suite: The suite of the examples.
        examples: All examples that are wanted, the earlier blocks included.
        purpose: What the ledger calls it, where that is not the operator that made the genome.
    """

    proposal: Proposal
    suite: Suite
    examples: tuple[Example, ...]
    purpose: str | None = None


@dataclass(frozen=True)
class Measured:
    """What a trial gave.

    Attributes:
        genome: The genome measured, reading genes fitted where the evaluator can do that.
        outcomes: (n,) outcomes in the order of the trial's examples.
    """

    genome: Genome
    outcomes: Sequence[Outcome]


def check_answer(trials: Sequence[Trial], results: Sequence[Measured]) -> None:
    """Checks that each trial got a result, and each of its examples an outcome.

    Raises:
        EvogateError: One is missing.
    """
    if len(results) != len(trials):
        raise EvogateError(f"tell got {len(results)} results for {len(trials)} trials")
    for trial, result in zip(trials, results, strict=True):
        if len(result.outcomes) != len(trial.examples):
            raise EvogateError(
                f"tell got {len(result.outcomes)} outcomes for {len(trial.examples)} examples"
                f" of genome {trial.proposal.genome.id[:12]}",
                remedy="give one outcome per example, missing ones included",
            )
