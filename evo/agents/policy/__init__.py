"""The policy engine: enforces rules on tool calls; deterministic, no model.

``Engine(rules).decide(proposed, situation)`` gives a ``Decision``; ``order`` and the faster
``arrange`` only sort. What it is told: ``Call``, ``Step``, ``Situation``. What it says:
``Decision``, ``Ordering``, ``Fired``.
"""

from evo.agents.policy.call import Call, Situation, Step
from evo.agents.policy.decision import Decision, Fired, Ordering
from evo.agents.policy.engine import Engine

__all__ = ["Call", "Decision", "Engine", "Fired", "Ordering", "Situation", "Step"]
