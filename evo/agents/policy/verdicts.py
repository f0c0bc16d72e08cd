"""Rules that end or hold up the work: refuse, stop, ask, retry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evo.agents.policy.call import Call, Situation
from evo.agents.policy.conditions import Matcher, Test, compile_when
from evo.agents.policy.decision import Action, Decision, Effect, Fired
from genomes.rules.rule import Rule

_ORDER: tuple[Action, ...] = ("refuse", "stop", "ask", "retry")
_EFFECTS: dict[Action, Effect] = {
    "refuse": "refused",
    "stop": "stopped",
    "ask": "asked",
    "retry": "retried",
}


class _Verdict(NamedTuple):
    """A compiled rule."""

    action: Action
    rule: Rule
    test: Test | None


class Verdicts:
    """All rules of a policy that refuse, stop, ask or retry, the strongest first.

    Args:
        rules: The policy.
        matches: Whether a selector means a tool.
    """

    def __init__(self, rules: Sequence[Rule], matches: Matcher) -> None:
        self._matches = matches
        found = [
            _Verdict(action, rule, compile_when(rule, matches))
            for action in _ORDER
            for rule in rules
            if rule.kind == action
        ]
        self._verdicts = sorted(found, key=lambda one: -one.rule.priority)

    def on(self, proposed: Sequence[Call], now: Situation) -> Decision | None:
        """The first verdict that holds; ``None`` if none does."""
        for one in self._verdicts:
            calls = self._calls(one, proposed, now)
            if calls is not None:
                fired = Fired(one.rule, _EFFECTS[one.action], calls)
                again = calls if one.action == "retry" else ()
                return Decision(
                    one.action,
                    calls=again,
                    vetoed=() if again else tuple(proposed),
                    text=one.rule.text,
                    fired=(fired,),
                )
        return None

    def _calls(
        self, one: _Verdict, proposed: Sequence[Call], now: Situation
    ) -> tuple[Call, ...] | None:
        """On which calls the verdict falls; ``None`` if it does not hold."""
        if one.action == "retry":
            return self._again(one, now)
        if one.rule.x is None:
            return () if one.test is None or one.test({}, {}, now) else None
        for call in proposed:
            if self._matches(one.rule.x, call.tool) and (
                one.test is None or one.test(call.args, {}, now)
            ):
                return (call,)
        return None

    def _again(self, one: _Verdict, now: Situation) -> tuple[Call, ...] | None:
        """The last call, if it failed and may be tried once more."""
        last = now.history[-1] if now.history else None
        rule = one.rule
        if last is None or last.error is None or rule.x is None or rule.count is None:
            return None
        if not self._matches(rule.x, last.call.tool) or _failures(now) > rule.count:
            return None
        held = one.test is None or one.test(last.call.args, {}, now)
        return (last.call,) if held else None


def _failures(now: Situation) -> int:
    """How often the last call has failed in a row."""
    text, count = now.history[-1].call.text, 0
    for step in reversed(now.history):
        if step.error is None or step.call.text != text:
            break
        count += 1
    return count
