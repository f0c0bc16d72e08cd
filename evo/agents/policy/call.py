"""What the engine is told: calls, what came of them, and the situation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from genomes.rules.selector import quoted


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a tool, made or proposed. Compared by identity: equal calls are two calls.

    Make a call once and use it in many orders: what the engine derives from it is kept.

    Attributes:
        tool: Name of the tool.
        args: Argument to value; never changed by the engine.
    """

    tool: str
    args: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def shape(self) -> tuple[str, frozenset[str]]:
        """Tool and names of the given arguments."""
        return self.tool, frozenset(name for name, value in self.args.items() if value is not None)

    @cached_property
    def text(self) -> str:
        """``tool(name="value", ...)`` with the arguments sorted by name."""
        return f"{self.tool}({', '.join(f'{n}={_shown(self.args[n])}' for n in sorted(self.args))})"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text, for an arbitrary but fixed order."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Step:
    """One call that was made.

    Attributes:
        call: The call.
        observation: What the tool gave; a text, or any JSON value.
        error: What went wrong; ``None`` if nothing did.
    """

    call: Call
    observation: Any = None
    error: str | None = None


@dataclass(frozen=True)
class Situation:
    """All that conditions may ask about.

    Attributes:
        history: Calls made so far, the latest last. Whether that is a turn or the whole episode
            is the caller's choice; rules mean the same history.
        state: What the world says of itself; nested mappings are asked by dotted paths.
        request: The user's words.
    """

    history: Sequence[Step] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    request: str = ""


NOTHING = Situation()
"""No history, no state, no request."""


def _shown(value: Any) -> str:
    try:
        return quoted(value)
    except (TypeError, ValueError):
        return repr(value)
