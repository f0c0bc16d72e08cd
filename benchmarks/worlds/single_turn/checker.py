"""Whether calls are the wanted one, and if not, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.worlds.single_turn.data import Accepted, Question

Fault = Literal[
    "no_call",
    "needless_call",
    "wrong_count",
    "wrong_function",
    "missing_parameter",
    "unexpected_parameter",
    "wrong_type",
    "wrong_value",
]

Made = tuple[str, Mapping[str, Any]]
"""Name of the function, and its arguments."""


@dataclass(frozen=True)
class Verdict:
    """What a checker says.

    Attributes:
        fault: What is wrong; ``None`` if the calls are right.
        message: The same in a sentence; the accepted values are not named in it.
    """

    fault: Fault | None = None
    message: str = ""

    @property
    def right(self) -> bool:
        """Whether the calls are the wanted one."""
        return self.fault is None


RIGHT = Verdict()

_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": bool,
    "array": list,
    "tuple": list,
    "dict": dict,
    "any": str,
}
_IGNORED = re.compile(r"[ ,./\-_*^]")


def verdict(calls: Sequence[Made], question: Question) -> Verdict:
    """Checks calls by the rules of the reference checker (S. G. Patil et al. 2025).

    Texts are compared without case, spaces and light punctuation; an integer is taken for a
    float; a parameter may be left out where the empty text is accepted.
    """
    if question.accepted is None:
        return _needless(calls)
    if not calls:
        return Verdict("no_call", "No function was called.")
    if len(calls) != 1:
        return Verdict("wrong_count", f"{len(calls)} calls were made; one is wanted.")
    return _call(calls[0], question, question.accepted)


def _needless(calls: Sequence[Made]) -> Verdict:
    if not calls:
        return RIGHT
    return Verdict("needless_call", f"No function fits the request, but {calls[0][0]} was called.")


def _call(made: Made, question: Question, accepted: Accepted) -> Verdict:
    ((wanted, values),) = accepted.items()
    name, args = made
    if name != wanted:
        return Verdict("wrong_function", f"{name} was called; another function is wanted.")
    described = next(one for one in question.functions if one["name"] == wanted)["parameters"]
    for parameter in described["required"]:
        if parameter not in args:
            return Verdict("missing_parameter", f"The parameter {parameter!r} is missing.")
    for parameter, value in args.items():
        if parameter not in described["properties"] or parameter not in values:
            return Verdict("unexpected_parameter", f"{wanted} has no use for {parameter!r} here.")
        found = _argument(parameter, value, described["properties"][parameter], values[parameter])
        if not found.right:
            return found
    for parameter, options in values.items():
        if parameter not in args and "" not in options:
            return Verdict("missing_parameter", f"The parameter {parameter!r} is needed here.")
    return RIGHT


def _argument(name: str, value: Any, described: Mapping[str, Any], options: list[Any]) -> Verdict:
    kind = _TYPES[described["type"]]
    inner = _TYPES[described["items"]["type"]] if described["type"] in ("array", "tuple") else None
    if described["type"] == "tuple" and isinstance(value, tuple):
        value = list(value)
    if described["type"] == "float" and type(value) is int:
        value = float(value)
    if not _typed(value, options, kind, inner):
        what = described["type"] if inner is None else f"{described['type']} of {inner.__name__}"
        return Verdict("wrong_type", f"{name!r} must be {what}, not {_shown(value)}.")
    return RIGHT if _among(value, options, kind, inner) else _wrong(name, value)


def _typed(value: Any, options: list[Any], kind: type[Any], inner: type | None) -> bool:
    """A value may have the type of the accepted ones instead of the described one: the source
    so marks variables, which stand as texts."""
    if type(value) is kind and inner is not None:
        # An option that is no list says nothing of what the list may hold.
        items: list[Any] = value
        return any(
            not isinstance(option, list) or all(_is(item, option, inner) for item in items)
            for option in options
        )
    return _is(value, options, kind)


def _is(value: Any, options: list[Any], kind: type) -> bool:
    return type(value) in (kind, _kind_of(options))


def _kind_of(options: list[Any]) -> type | None:
    return next((type(one) for one in options if one != ""), None)


def _among(value: Any, options: list[Any], kind: type, inner: type | None) -> bool:
    other = _kind_of(options)
    # A text, number or structure in the place of another kind is compared as it stands. In lists
    # that does not go by the list but by what it holds, as in the source.
    if inner is None and (type(value) is not kind or other not in (None, kind)):
        return value in options
    if inner is not None and other not in (None, kind):
        return value in options
    if kind is dict:
        return any(_same_dict(value, option) for option in options if option != "")
    if kind is list and inner is dict:
        return any(_same_dicts(value, option) for option in options)
    if kind is str:
        return _plain(value) in [_plain(one) for one in options if isinstance(one, str)]
    if kind is list:
        return [_plain(one) for one in value] in [[_plain(i) for i in one] for one in options]
    return value in options


def _same_dicts(value: list[Any], option: Any) -> bool:
    return len(value) == len(option) and all(map(_same_dict, value, option))


def _same_dict(value: Any, option: Any) -> bool:
    """Each key of an accepted structure stands with its accepted values."""
    if not isinstance(value, Mapping) or not isinstance(option, Mapping):
        return False
    known = all(
        key in option and _plain(one) in [_plain(other) for other in option[key]]
        for key, one in value.items()
    )
    return known and all(key in value or "" in accepted for key, accepted in option.items())


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _IGNORED.sub("", value).lower().replace("'", '"')


def _wrong(name: str, value: Any) -> Verdict:
    return Verdict("wrong_value", f"The value {_shown(value)} of {name!r} is not right.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]} ..."
