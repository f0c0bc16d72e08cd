"""Proposers: how children come about.

``Proposal`` is a child with its story; ``Mutation``, ``Crossover``, ``FewShot`` and ``Restart``
make them from the structural operators of ``genomes.variation``. A proposer knows what its
``Context`` tells: parents, gap, observations on search examples, lessons.
"""

from evo.proposers.context import Context, Lesson, Observation
from evo.proposers.proposal import Proposal
from evo.proposers.structural import Crossover, FewShot, Mutation, Proposer, Restart

__all__ = [
    "Context",
    "Crossover",
    "FewShot",
    "Lesson",
    "Mutation",
    "Observation",
    "Proposal",
    "Proposer",
    "Restart",
]
