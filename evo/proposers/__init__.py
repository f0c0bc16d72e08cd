"""Proposers: how children come about.

``Proposal`` is a child with its story. A proposer knows what its ``Context`` tells: parents, gap,
observations on search examples, lessons. From the structural operators of ``genomes.variation``:
``Mutation``, ``Crossover``, ``FewShot``, ``Restart``. By asking a model: ``Reflect``, ``Rewrite``,
``Induce``, ``Combine``, ``Shorten``, by name in ``MODEL_PROPOSERS`` and ``model_proposers``. They
share a ``Writer``, which spends, stores and counts (``Tally``); to write one, subclass
``ModelProposer`` and give an ``Order`` over an ``Edition``, worded by ``wording``. Whether a
prediction came true: ``held``. From failed episodes of a tool agent, with no call: ``Reorder``.
"""

from evo.proposers import wording
from evo.proposers.by_model import ModelProposer, Order
from evo.proposers.combine import Combine
from evo.proposers.context import Context, Lesson, Observation
from evo.proposers.edition import Edition, open_texts
from evo.proposers.held import Held, held
from evo.proposers.induce import Induce
from evo.proposers.proposal import Proposal
from evo.proposers.reflect import Reflect
from evo.proposers.registry import MODEL_PROPOSERS, model_proposers
from evo.proposers.reorder import Reorder
from evo.proposers.rewrite import Rewrite
from evo.proposers.shorten import Shorten
from evo.proposers.structural import Crossover, FewShot, Mutation, Proposer, Restart
from evo.proposers.tally import KINDS, Kind, Tally
from evo.proposers.writer import Writer

__all__ = [
    "KINDS",
    "MODEL_PROPOSERS",
    "Combine",
    "Context",
    "Crossover",
    "Edition",
    "FewShot",
    "Held",
    "Induce",
    "Kind",
    "Lesson",
    "ModelProposer",
    "Mutation",
    "Observation",
    "Order",
    "Proposal",
    "Proposer",
    "Reflect",
    "Reorder",
    "Restart",
    "Rewrite",
    "Shorten",
    "Tally",
    "Writer",
    "held",
    "model_proposers",
    "open_texts",
    "wording",
]
