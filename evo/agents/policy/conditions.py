"""Conditions compiled to functions, so that a step costs microseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evo.agents.policy.call import Situation
from genomes.rules.condition import WHOLE, Called, Compare, Condition, Const, Ref
from genomes.rules.rule import Rule
from genomes.rules.selector import Selector

Args = Mapping[str, Any]
Test = Callable[[Args, Args, Situation], bool]
"""``test(x's arguments, y's arguments, situation)``."""

Matcher = Callable[[Selector, str], bool]
"""Whether a selector means a tool."""

_Get = Callable[[Args, Args, Situation], Any]


def compile_when(rule: Rule, matches: Matcher) -> Test | None:
    """One function for all conditions of a rule; ``None`` if it has none."""
    tests = [_condition(one, matches) for one in rule.when]
    if len(tests) < 2:
        return tests[0] if tests else None

    def every(x: Args, y: Args, now: Situation) -> bool:
        return all(test(x, y, now) for test in tests)

    return every


def needed(rule: Rule, source: str) -> frozenset[str]:
    """Arguments that the call in a role must have, or no condition can hold."""
    return frozenset(
        ref.path
        for one in rule.when
        if isinstance(one, Compare) and one.op not in ("!=", "missing")
        for ref in one.refs
        if ref.source == source and ref.path != WHOLE
    )


def equal(left: Any, right: Any) -> bool:
    """Equality of values: nothing equals a missing value, and truth values equal no numbers."""
    if left is None or right is None or isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _condition(one: Condition, matches: Matcher) -> Test:
    if isinstance(one, Called):
        return _called(one, matches)
    if one.op in ("exists", "missing"):
        get, wanted = _get(one.left), one.op == "exists"
        return lambda x, y, now: bool(get(x, y, now)) is wanted
    if one.op == "=" and one.joins and WHOLE not in {ref.path for ref in one.refs}:
        return _same_role(one)
    return _compared(one)


def _same_role(one: Compare) -> Test:
    """The commonest condition, without detours."""
    by_source = {ref.source: ref.path for ref in one.refs}
    first, second = by_source["x"], by_source["y"]

    def same(x: Args, y: Args, _now: Situation) -> bool:
        value, other = x.get(first), y.get(second)
        return (
            value is not None
            and value == other
            and isinstance(value, bool) == isinstance(other, bool)
        )

    return same


def _compared(one: Compare) -> Test:
    left, test = _get(one.left), _OPS[one.op]
    if not isinstance(one.right, Const):
        right = _get(one.right) if one.right is not None else _none
        if WHOLE in {ref.path for ref in one.refs}:
            return lambda x, y, now: _some(left(x, y, now), right(x, y, now), test)
        return lambda x, y, now: test(left(x, y, now), right(x, y, now))
    value = one.right.value
    if one.left.path == WHOLE:
        return lambda x, y, now: _some(left(x, y, now), value, test)
    return lambda x, y, now: test(left(x, y, now), value)


def _some(left: Any, right: Any, test: Callable[[Any, Any], bool]) -> bool:
    lefts = left if isinstance(left, _Whole) else (left,)
    rights = right if isinstance(right, _Whole) else (right,)
    return any(test(a, b) for a in lefts for b in rights)


class _Whole(tuple[Any, ...]):
    """The values of all arguments, to be told apart from an argument that is a list."""

    __slots__ = ()


def _called(one: Called, matches: Matcher) -> Test:
    wanted = not one.negated

    def called(_x: Args, _y: Args, now: Situation) -> bool:
        found = any(
            step.error is None and matches(one.what, step.call.tool) for step in now.history
        )
        return found is wanted

    return called


def _get(ref: Ref) -> _Get:
    path = ref.path
    if ref.source in ("x", "y"):
        return _argument(ref)
    if ref.source == "state":
        return lambda _x, _y, now: _follow(now.state, path)
    if ref.source == "observation":
        return lambda _x, _y, now: _follow(_last(now).observation, path) if now.history else None
    return _SIMPLE[ref.source]


def _argument(ref: Ref) -> _Get:
    path, first = ref.path, ref.source == "x"
    if path == WHOLE:
        return lambda x, y, _now: _telling(x if first else y)
    if first:
        return lambda x, _y, _now: x.get(path)
    return lambda _x, y, _now: y.get(path)


def _telling(args: Args) -> _Whole:
    # Truth values and empty texts agree by accident far too often to mean anything.
    return _Whole(
        value
        for value in args.values()
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != ""
    )


def _last(now: Situation) -> Any:
    return now.history[-1]


_SIMPLE: dict[str, _Get] = {
    "error": lambda _x, _y, now: _last(now).error if now.history else None,
    "request": lambda _x, _y, now: now.request,
    "steps": lambda _x, _y, now: len(now.history),
}


def _follow(value: Any, path: str) -> Any:
    """A nested value by its dotted path; a key that itself holds dots is found first."""
    if not path:
        return value
    if isinstance(value, Mapping):
        if path in value:
            return value[path]
        head, _, rest = path.partition(".")
        return _follow(value.get(head), rest) if rest else None
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        head, _, rest = path.partition(".")
        inside = head.isdecimal() and int(head) < len(value)
        return _follow(value[int(head)], rest) if inside else None
    return None


def _contains(value: Any, part: Any) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part != "" and part in value
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(equal(one, part) for one in value)
    return isinstance(value, Mapping) and isinstance(part, str) and part in value


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        both = _is_number(left) and _is_number(right)
        texts = isinstance(left, str) and isinstance(right, str)
        return (both or texts) and test(left, right)

    return compared


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _none(_x: Args, _y: Args, _now: Situation) -> Any:
    return None


_OPS: dict[str, Callable[[Any, Any], bool]] = {
    "=": equal,
    "!=": lambda left, right: left is not None and right is not None and not equal(left, right),
    "contains": _contains,
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}
