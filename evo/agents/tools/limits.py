"""What a tool agent may use for one example."""

from __future__ import annotations

from dataclasses import dataclass

from evo.agents.tools.observed import LONGEST


@dataclass(frozen=True)
class Limits:
    """Bounds for one example; an agent that meets one has given a wrong answer.

    Attributes:
        max_steps: Most calls of tools, and most replies of the model.
        timeout: Seconds of one call of a tool; a longer one is an error that the agent is told.
        max_seconds: Seconds in all, asked before each call and each reply; ``None`` for no limit.
        max_money: USD of the model in all; no reply is asked for that could exceed it; ``None``
            for no limit.
        max_tokens: Longest reply of the model.
        repeats: How often in a row the same call may give the same, or the model say the same.
        longest: Characters of an observation that the model is shown.
    """

    max_steps: int = 20
    timeout: float = 60.0
    max_seconds: float | None = None
    max_money: float | None = None
    max_tokens: int = 512
    repeats: int = 3
    longest: int = LONGEST


class AgentLimitError(Exception):
    """The agent exceeded its own limits."""
