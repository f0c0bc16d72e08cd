"""What the engine says, and which rules made it say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evo.agents.policy.call import Call
from genomes.rules.rule import Rule

Action = Literal["call", "retry", "ask", "stop", "refuse"]
Effect = Literal[
    "ordered", "overruled", "vetoed", "inserted", "retried", "asked", "stopped", "refused"
]


@dataclass(frozen=True)
class Fired:
    """One effect of one rule.

    Attributes:
        rule: The rule.
        effect: What it did; ``overruled`` if a stronger rule said the opposite.
        calls: On which calls: the pair that it ordered (earlier first), the call that it vetoed
            or inserted.
    """

    rule: Rule
    effect: Effect
    calls: tuple[Call, ...] = ()

    def __str__(self) -> str:
        what = ", ".join(call.text for call in self.calls)
        return f"{self.effect}{f' {what}' if what else ''}: {self.rule}"


@dataclass(frozen=True)
class Ordering:
    """A bag of calls in the order that the rules want.

    Attributes:
        order: Indices into the given calls, first to last.
        calls: The calls in that order.
        fired: Every pair that a rule spoke of, the strongest rule first.
    """

    order: tuple[int, ...]
    calls: tuple[Call, ...]
    fired: tuple[Fired, ...]


@dataclass(frozen=True)
class Decision:
    """What to do next.

    Attributes:
        action: ``call`` the calls in their order, ``retry`` the one call, or end with ``ask``,
            ``stop`` or ``refuse``, for which there are no calls.
        calls: What to call, in order, insertions included; may be empty if all were vetoed.
        inserted: Those that nobody proposed.
        vetoed: Proposed calls that may not be made now.
        text: What to say to the user, if a rule says.
        fired: Which rules did what.
    """

    action: Action
    calls: tuple[Call, ...] = ()
    inserted: tuple[Call, ...] = ()
    vetoed: tuple[Call, ...] = ()
    text: str | None = None
    fired: tuple[Fired, ...] = ()

    def trace(self) -> tuple[str, ...]:
        """One line for each effect of a rule."""
        return tuple(map(str, self.fired))
