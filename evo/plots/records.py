"""What the plots are drawn from: plain records, made from a run's stored scores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScorePoint:
    """What was known of a genome at one moment of a run.

    Attributes:
        genome_id: Content hash.
        quality: Mean score in [0, 1], higher is better.
        quality_se: Standard error of the mean; ``None`` or infinite if unknown.
        cost: Tokens per call, lower is better; ``None`` if unknown.
        length: Characters of prompt.
        calls: Calls that the run had spent when this was known.
        operator: The operator that made the genome.
        is_seed: Whether it is the seed.
        is_champion: Whether it is the version in force.
        parents: Content hashes of the parents; empty for the seed and for restarts.
        key: Hash of the call: equal for genomes that differ in their reading only; ``None`` if
            it was not stored.
    """

    genome_id: str
    quality: float
    quality_se: float | None
    cost: float | None
    length: int
    calls: int
    operator: str | None = None
    is_seed: bool = False
    is_champion: bool = False
    parents: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True)
class Baseline:
    """Something to compare a run with.

    Attributes:
        name: ``seed``, ``reading``, ``best_of_n``, ...
        points: (calls, quality) pairs; a single pair is drawn as a level.
    """

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class GateMark:
    """A decision of the gate.

    Attributes:
        calls: Calls that the run had spent by then.
        verdict: PROMOTE, REJECT, HOLD or INDECISIVE.
    """

    calls: int
    verdict: str
