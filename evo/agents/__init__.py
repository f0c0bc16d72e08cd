"""What can be improved.

``ChatAgent`` asks a model once for each example; ``CallableAgent`` runs the user's own function.
"""

from evo.agents.callable import CallableAgent
from evo.agents.chat import ChatAgent

__all__ = ["CallableAgent", "ChatAgent"]
