"""Vetoes and insertions: what may be called, given what has been called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from evo.agents.policy.call import Call, Situation
from evo.agents.policy.conditions import Matcher, Test, compile_when
from evo.agents.policy.decision import Decision, Fired
from genomes.rules.condition import Compare, Ref
from genomes.rules.rule import Insertion, Rule

_DEEPEST = 8
"""Most insertions that may need each other."""


class _Guard(NamedTuple):
    """A compiled rule that can veto a call.

    Attributes:
        rule: The rule.
        alone: The conditions that speak of the call itself and the situation.
        joint: All conditions that need an earlier call (``requires``), or all of them.
    """

    rule: Rule
    alone: Test | None
    joint: Test | None


@dataclass
class _Walk:
    """What has been let through so far.

    Attributes:
        now: The situation at the start.
        past: Calls that count as made: those of the history without error, and those let through.
        tried: Names of the tools of all calls, errors included.
    """

    now: Situation
    past: list[Call]
    tried: list[str]
    calls: list[Call] = field(default_factory=list)
    inserted: list[Call] = field(default_factory=list)
    vetoed: list[Call] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)

    def copy(self) -> _Walk:
        return _Walk(
            self.now,
            list(self.past),
            list(self.tried),
            list(self.calls),
            list(self.inserted),
            list(self.vetoed),
            list(self.fired),
        )


class Guards:
    """All rules of a policy that veto or insert.

    A veto holds whatever the priorities. A call that failed satisfies no requirement and forbids
    nothing, but counts for ``at most``.

    Args:
        rules: The policy.
        matches: Whether a selector means a tool.
    """

    def __init__(self, rules: Sequence[Rule], matches: Matcher) -> None:
        self._matches = matches
        self._guards = [_guard(rule, matches) for rule in rules if rule.kind in _VETOING]
        self._known: dict[str, tuple[_Guard, ...]] = {}

    def walk(self, calls: Sequence[Call], now: Situation) -> Decision:
        """Lets the calls through one after the other; each counts for those behind it."""
        walk = self._start(now)
        for call in calls:
            walk = self._admit(call, walk, 0)
        return self._decision(walk)

    def each(self, calls: Sequence[Call], now: Situation) -> Decision:
        """Judges each call alone; a call that lacks something gives way to what it lacks."""
        whole = self._start(now)
        offered: dict[str, Call] = {}
        for call in calls:
            walk = self._admit(call, self._start(now), 0)
            whole.fired.extend(walk.fired)
            if walk.inserted:
                whole.vetoed.append(call)
                offered.setdefault(walk.inserted[0].text, walk.inserted[0])
            else:
                whole.calls.extend(walk.calls)
                whole.vetoed.extend(walk.vetoed)
        known = {call.text for call in whole.calls}
        whole.inserted = [call for text, call in offered.items() if text not in known]
        whole.calls = [*whole.inserted, *whole.calls]
        return self._decision(whole)

    def _start(self, now: Situation) -> _Walk:
        past = [step.call for step in now.history if step.error is None]
        return _Walk(now, past, [step.call.tool for step in now.history])

    def _admit(self, call: Call, walk: _Walk, depth: int) -> _Walk:
        trial = walk.copy() if self._for(call.tool) else walk
        stages: tuple[tuple[str, ...], ...] = (("never", "at_most"), ("requires",), _LATE)
        for kinds in stages:
            for guard in self._for(call.tool):
                if guard.rule.kind in kinds and not _VETOING[guard.rule.kind](
                    self, guard, call, trial, depth
                ):
                    walk.vetoed.append(call)
                    walk.fired.append(Fired(guard.rule, "vetoed", (call,)))
                    return walk
        trial.calls.append(call)
        trial.past.append(call)
        trial.tried.append(call.tool)
        return trial

    def _for(self, tool: str) -> tuple[_Guard, ...]:
        known = self._known.get(tool)
        if known is None:
            known = tuple(
                one
                for one in self._guards
                if one.rule.x is not None and self._matches(one.rule.x, tool)
            )
            self._known[tool] = known
        return known

    def _never(self, guard: _Guard, call: Call, walk: _Walk, _depth: int) -> bool:
        return not _holds(guard.alone, call, walk)

    def _at_most(self, guard: _Guard, call: Call, walk: _Walk, _depth: int) -> bool:
        rule = guard.rule
        if rule.x is None or rule.count is None or not _holds(guard.alone, call, walk):
            return True
        return sum(self._matches(rule.x, tool) for tool in walk.tried) < rule.count

    def _never_after(self, guard: _Guard, call: Call, walk: _Walk, _depth: int) -> bool:
        return not self._made(guard, call, walk)

    def _requires(self, guard: _Guard, call: Call, walk: _Walk, depth: int) -> bool:
        if not _holds(guard.alone, call, walk) or self._made(guard, call, walk):
            return True
        extra = _inserted(guard.rule.insert, call)
        if extra is None or depth >= _DEEPEST:
            return False
        before = len(walk.calls)
        after = self._admit(extra, walk, depth + 1)
        admitted = len(after.calls) > before and after.calls[-1] is extra
        if admitted:
            after.inserted.append(extra)
            after.fired.append(Fired(guard.rule, "inserted", (extra,)))
        vars(walk).update(vars(after))
        return admitted

    def _made(self, guard: _Guard, call: Call, walk: _Walk) -> bool:
        what, test = guard.rule.y, guard.joint
        return what is not None and any(
            self._matches(what, past.tool)
            and (test is None or test(call.args, past.args, walk.now))
            for past in walk.past
        )

    def _decision(self, walk: _Walk) -> Decision:
        return Decision(
            "call",
            calls=tuple(walk.calls),
            inserted=tuple(walk.inserted),
            vetoed=tuple(walk.vetoed),
            fired=tuple(walk.fired),
        )


_LATE = ("never_after",)
_VETOING: dict[str, Any] = {
    "never": Guards._never,
    "at_most": Guards._at_most,
    "requires": Guards._requires,
    "never_after": Guards._never_after,
}


def _guard(rule: Rule, matches: Matcher) -> _Guard:
    if rule.kind != "requires":
        whole = compile_when(rule, matches)
        return _Guard(rule, whole, whole)
    # Conditions on the earlier call say which call is meant, all others when one is needed.
    joint = tuple(one for one in rule.when if _speaks_of_y(one))
    alone = tuple(one for one in rule.when if not _speaks_of_y(one))
    return _Guard(
        rule,
        compile_when(replace(rule, when=alone), matches),
        compile_when(replace(rule, when=joint), matches),
    )


def _speaks_of_y(condition: object) -> bool:
    return isinstance(condition, Compare) and any(ref.source == "y" for ref in condition.refs)


def _holds(test: Test | None, call: Call, walk: _Walk) -> bool:
    return test is None or test(call.args, {}, walk.now)


def _inserted(insertion: Insertion | None, call: Call) -> Call | None:
    """The call to insert; ``None`` if there is none or an argument to hand on is missing."""
    if insertion is None:
        return None
    args = {
        name: call.args.get(value.path) if isinstance(value, Ref) else value.value
        for name, value in insertion.args
    }
    if any(isinstance(v, Ref) and args[n] is None for n, v in insertion.args):
        return None
    return Call(insertion.tool, args)
