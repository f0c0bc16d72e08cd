"""One script: its order of the steps, and which of them it makes in which state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.policies.telecom.script import toolset
from evo.agents.policy import Call, Engine, Situation, Step
from genomes.rules import Compare, Rule

Made = tuple[int, ...]
"""Steps that were made, by their index, in order."""

Passes = dict[tuple[Any, ...], bool]
"""What was decided, by all that it depends on."""

_ORDERING = frozenset({"before", "first", "last", "prefer"})


class Point(NamedTuple):
    """Where calls have led.

    Attributes:
        state: What rules can ask about.
        digest: Tells the whole state of the world apart from others.
    """

    state: dict[str, Any]
    digest: bytes


class Script:
    """A policy over repair steps.

    What the engine decides about a step depends on the rules that can speak of it, the state and,
    if one of these rules asks for it, the steps before; so it is decided once for many scripts.

    Args:
        rules: The policy.
        steps: The calls that it may make.
        passes: Decisions that other scripts have come to; added to.
    """

    def __init__(self, rules: Iterable[Rule], steps: tuple[Call, ...], passes: Passes) -> None:
        tools = toolset(steps)
        self._engine = Engine(rules, tools, ties="hash")
        self._steps = steps
        self._passes = passes
        self._order: Made | None = None
        ordering = [rule for rule in self._engine.rules if rule.kind in _ORDERING]
        if not any(rule.when for rule in ordering):
            self._order = self._engine.arrange(steps)
        others = [rule for rule in self._engine.rules if rule.kind not in _ORDERING]
        self._asked = [
            [rule for rule in others if rule.x is None or call.tool in tools.select(rule.x)]
            for call in steps
        ]
        self._lines = [tuple(map(str, rules)) for rules in self._asked]
        self._looks_back = [not all(map(_of_now, rules)) for rules in self._asked]

    def order(self, start: Point) -> Made:
        """The order in which the steps are looked at, given how the task begins."""
        return self._order or self._engine.arrange(self._steps, Situation(state=start.state))

    def passes(self, index: int, point: Point, made: Made, history: Sequence[Step]) -> bool:
        """Whether a step is made where the steps before it have led."""
        past = made if self._looks_back[index] else None
        key = index, self._lines[index], point.digest, past
        found = self._passes.get(key)
        if found is None:
            call = self._steps[index]
            decision = self._engine.decide([call], Situation(history, point.state))
            # What is to be inserted first, or ends the work, is no part of these scripts.
            found = decision.action == "call" and decision.calls == (call,)
            self._passes[key] = found
        return found


def _of_now(rule: Rule) -> bool:
    """Whether a rule asks for the call and the state alone."""
    return rule.kind == "never" and all(
        isinstance(one, Compare) and all(ref.source in ("x", "state") for ref in one.refs)
        for one in rule.when
    )
