"""What can be improved: ``ChatAgent`` asks a model once for each example."""

from evo.agents.chat import ChatAgent

__all__ = ["ChatAgent"]
