"""Proposers: how children come about.

``Proposal`` is a child with its story; ``Mutation``, ``Crossover``, ``FewShot`` and ``Restart``
make them from the structural operators of ``genomes.variation``.
"""

from evo.proposers.proposal import Proposal
from evo.proposers.structural import Crossover, FewShot, Mutation, Proposer, Restart

__all__ = ["Crossover", "FewShot", "Mutation", "Proposal", "Proposer", "Restart"]
