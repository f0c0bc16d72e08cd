"""A proposal: a child genome and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genomes import Genome


@dataclass(frozen=True)
class Proposal:
    """A child genome with its story.

    Attributes:
        genome: The child.
        parents: Ids of the parents; empty for the seed and for restarts.
        operator: The operator that made it.
        gap: Id of the gap that it answers; ``None`` for undirected variation.
        hypothesis: Why it should help.
        expected: Expected change of quality in points of [0, 1]; ``None`` if not stated.
    """

    genome: Genome
    parents: tuple[str, ...]
    operator: str
    gap: str | None = None
    hypothesis: str | None = None
    expected: float | None = None

    def record(self) -> dict[str, Any]:
        """The proposal as plain data for the store and the journal."""
        return {
            "genome_id": self.genome.id,
            "parents": list(self.parents),
            "operator": self.operator,
            "gap": self.gap,
            "hypothesis": self.hypothesis,
            "expected": self.expected,
        }
