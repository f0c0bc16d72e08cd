"""Structural variation: pure functions of (genome, spec, Generator).

Entry points: ``mutate``, ``cross``, ``random_genome``. Operators by name: ``MUTATIONS``,
``CROSSOVERS``. Result and operator types: ``Variation``, ``Mutation``, ``Crossover``. The judge
of all results: ``check``; of a genome alone: ``violation``.
"""

from genomes.variation.apply import cross, mutate
from genomes.variation.check import check, violation
from genomes.variation.registry import CROSSOVERS, MUTATIONS
from genomes.variation.restart import random_genome
from genomes.variation.variation import Crossover, Mutation, Variation

__all__ = [
    "CROSSOVERS",
    "MUTATIONS",
    "Crossover",
    "Mutation",
    "Variation",
    "check",
    "cross",
    "mutate",
    "random_genome",
    "violation",
]
