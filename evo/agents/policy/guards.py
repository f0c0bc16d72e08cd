"""Vetoes and insertions: what may be called, given what has been called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

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
        stage: When it is asked: what is never allowed, then what is required (and may be
            inserted), then what may not follow.
        alone: The conditions that speak of the call itself and the situation.
        joint: All conditions that need an earlier call (``requires``), or all of them.
        earlier: Whether earlier calls of a tool count for it, as far as asked.
    """

    rule: Rule
    stage: int
    alone: Test | None
    joint: Test | None
    earlier: dict[str, bool]


@dataclass
class _Walk:
    """What has been let through so far.

    Attributes:
        now: The situation at the start.
        past: Calls that count as made: those of the history without error, and those let through.
        tried: All calls, those with errors included.
    """

    now: Situation
    past: list[Call]
    tried: list[Call]
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
        self._known: dict[str, list[_Guard]] = {}

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
        return _Walk(now, past, [step.call for step in now.history])

    def _admit(self, call: Call, walk: _Walk, depth: int) -> _Walk:
        guards = self._for(call.tool)
        inserts = any(guard.rule.insert is not None for guard in guards)
        trial = walk.copy() if inserts else walk  # a call that fails leaves no insertions
        for guard in guards:
            if not self._passes(guard, call, trial, depth):
                walk.vetoed.append(call)
                walk.fired.append(Fired(guard.rule, "vetoed", (call,)))
                return walk
        trial.calls.append(call)
        trial.past.append(call)
        trial.tried.append(call)
        return trial

    def _for(self, tool: str) -> list[_Guard]:
        known = self._known.get(tool)
        if known is None:
            meant = (g for g in self._guards if g.rule.x and self._matches(g.rule.x, tool))
            known = self._known[tool] = sorted(meant, key=lambda guard: guard.stage)
        return known

    def _passes(self, guard: _Guard, call: Call, walk: _Walk, depth: int) -> bool:
        kind = guard.rule.kind
        if kind == "never_after":
            return not self._made(guard, call, walk)
        if not _holds(guard.alone, call, walk):
            return True
        if kind == "at_most":
            return self._count(guard, walk) < (guard.rule.count or 0)
        return kind == "requires" and (
            self._made(guard, call, walk) or self._insert(guard, call, walk, depth)
        )

    def _count(self, guard: _Guard, walk: _Walk) -> int:
        count = 0
        for one in walk.tried:
            count += self._speaks_of(guard, one.tool) and _holds(guard.alone, one, walk)
        return count

    def _insert(self, guard: _Guard, call: Call, walk: _Walk, depth: int) -> bool:
        extra = _inserted(guard.rule.insert, call)
        if extra is None or depth >= _DEEPEST:
            return False
        after = self._admit(extra, walk, depth + 1)
        admitted = bool(after.calls) and after.calls[-1] is extra
        if admitted:
            after.inserted.append(extra)
            after.fired.append(Fired(guard.rule, "inserted", (extra,)))
        vars(walk).update(vars(after))
        return admitted

    def _made(self, guard: _Guard, call: Call, walk: _Walk) -> bool:
        test = guard.joint
        for past in walk.past:
            if self._speaks_of(guard, past.tool) and (
                test is None or test(call.args, past.args, walk.now)
            ):
                return True
        return False

    def _speaks_of(self, guard: _Guard, tool: str) -> bool:
        """Whether an earlier call of a tool counts for a rule."""
        known = guard.earlier.get(tool)
        if known is None:
            what = guard.rule.x if guard.rule.kind == "at_most" else guard.rule.y
            known = guard.earlier[tool] = what is not None and self._matches(what, tool)
        return known

    def _decision(self, walk: _Walk) -> Decision:
        return Decision(
            "call",
            calls=tuple(walk.calls),
            inserted=tuple(walk.inserted),
            vetoed=tuple(walk.vetoed),
            fired=tuple(walk.fired),
        )


_VETOING = {"never": 0, "at_most": 0, "requires": 1, "never_after": 2}


def _guard(rule: Rule, matches: Matcher) -> _Guard:
    if rule.kind != "requires":
        whole = compile_when(rule, matches)
        return _Guard(rule, _VETOING[rule.kind], whole, whole, {})
    # Conditions on the earlier call say which call is meant, all others when one is needed.
    joint = tuple(one for one in rule.when if _speaks_of_y(one))
    alone = tuple(one for one in rule.when if not _speaks_of_y(one))
    return _Guard(
        rule,
        _VETOING[rule.kind],
        compile_when(replace(rule, when=alone), matches),
        compile_when(replace(rule, when=joint), matches),
        {},
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
