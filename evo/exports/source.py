"""What an exporter is given."""

from __future__ import annotations

from dataclasses import dataclass

from evo.champion import Version
from genomes import Genome


@dataclass(frozen=True)
class Source:
    """A genome with what is known about it.

    Attributes:
        genome: The genome.
        name: The agent's name; ``None`` if not known.
        version: The champion version that it comes from; ``None`` for a genome that was never
            let in by a gate.
    """

    genome: Genome
    name: str | None = None
    version: Version | None = None
