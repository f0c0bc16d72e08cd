"""What an operator gives back, and what an operator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from genomes.genome import Genome
from genomes.spec import GenomeSpec


@dataclass(frozen=True)
class Variation:
    """The result of one operator: a child, or a reason why there is none.

    Attributes:
        operator: Name of the operator.
        child: A valid genome that differs from every parent; ``None`` if the operator cannot.
        touched: Ids of the genes in which the child differs from its (first) parent.
        reason: What was done, or why it cannot be done.
    """

    operator: str
    child: Genome | None
    touched: tuple[str, ...]
    reason: str


class Mutation(Protocol):
    """A pure function from one genome to a varied one."""

    def __call__(
        self, genome: Genome, spec: GenomeSpec, rng: np.random.Generator, /
    ) -> Variation: ...


class Crossover(Protocol):
    """A pure function from two genomes to one; the child keeps the host contract of ``a``."""

    def __call__(
        self, a: Genome, b: Genome, spec: GenomeSpec, rng: np.random.Generator, /
    ) -> Variation: ...
