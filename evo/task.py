"""What a run works on: a seed genome, what may vary, and the suites by role."""

from __future__ import annotations

from dataclasses import dataclass

from fitness.suites import Role, Suite
from genomes import Genome, GenomeSpec


@dataclass(frozen=True)
class Task:
    """A self-contained piece of work.

    Attributes:
        name: Name of the agent; also the folder below ``champions/``.
        domain: The domain to improve.
        seed: The genome to start from; the first champion.
        spec: What may vary.
        suites: All suites. Search: those of ``domain`` are the objective, those of other domains
            the regression objective. Gate, regression and audit suites are only measured.
    """

    name: str
    domain: str
    seed: Genome
    spec: GenomeSpec
    suites: tuple[Suite, ...]

    def of(self, role: Role) -> tuple[Suite, ...]:
        """The suites of one role, in order."""
        return tuple(suite for suite in self.suites if suite.role == role)
