"""One call in the forms that models write it: JSON, Python, ReAct. Nothing is evaluated."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from evo.agents.policy import Call

Known = Mapping[str, tuple[str, ...]]
"""Tool to the names of its arguments, in order."""

CALLED = re.compile(r"^[A-Za-z_][\w.]*\(")
"""How a call that is written as Python begins."""

_DEEPEST = 50

_NAMES = ("tool", "name", "tool_name", "function", "action")
_ARGS = ("args", "arguments", "parameters", "input", "action_input", "kwargs")


class CallError(Exception):
    """A text that looks like a call and is none."""


def json_calls(block: str, known: Known, *, sure: bool) -> Iterator[Call | CallError]:
    """Calls of a JSON text, or of one with Python's quotation marks.

    Args:
        block: The text.
        known: The tools.
        sure: Whether it must be calls; else what cannot be read is passed over, unless it looks
            as if it was meant as a call.
    """
    value = json_or_none(block)
    if value is None:
        value = _literal_or_none(block)
    if value is None:
        if sure or _smells(block, known):
            yield CallError(f"not JSON: {block[:200]}")
        return
    yield from guarded(partial(of_value, value, known))


def python_calls(block: str, known: Known, *, sure: bool) -> Iterator[Call | CallError]:
    """Calls written as Python: one expression, a list of them, or one a line."""
    if not sure and not CALLED.match(block.removeprefix("[").strip()):
        return
    try:
        body = ast.parse(block).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if sure or _smells(block, known):
            yield CallError(f"neither JSON nor calls with literal arguments: {block[:200]}")
        return
    nodes = [node for one in body for node in _expressions(one)]
    # One statement that is no call: the block is program text, not calls.
    if not sure and not all(isinstance(node, ast.Call) for node in nodes):
        return
    for node in nodes:
        yield from guarded(partial(_one, node, known))


def react_call(name: str, args: str) -> Iterator[Call]:
    """The call of ``Action: name`` and ``Action Input: args``.

    Raises:
        CallError: The input cannot be read.
    """
    shown = args.strip().strip("`")
    read = json_or_none(shown)
    if read is None and shown:
        read = _literal_or_none(shown)
    if read is None and shown:
        raise CallError(f"the input of {name} is not JSON: {shown[:200]}")
    yield Call(name, _arguments(name, read))


def of_value(value: Any, known: Known) -> Iterator[Call]:
    """The calls that a JSON value stands for; none if it is something else.

    Raises:
        CallError: It names a tool, but its arguments are no object.
    """
    if isinstance(value, list):
        for one in value:
            yield from of_value(one, known)
        return
    if not isinstance(value, dict):
        return
    if isinstance(value.get("tool_calls"), list):
        yield from of_value(value["tool_calls"], known)
        return
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    given = next((value[key] for key in _ARGS if key in value), None)
    if name is None and len(value) == 1 and next(iter(value)) in known:
        name, given = next(iter(value.items()))
    if name is not None and (given is not None or name in known or len(value) == 1):
        yield Call(name, _arguments(name, given))


def guarded(make: Callable[[], Iterable[Call]]) -> Iterator[Call | CallError]:
    """What is made, up to the first error, and then that error as a value."""
    try:
        yield from make()
    except CallError as error:
        yield error
    except RecursionError:
        yield CallError("it is nested too deeply")


def json_or_none(text: str) -> Any:
    """The JSON value of a text; ``None`` if it has none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _arguments(name: str, given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        read = json_or_none(given) if given.strip() else {}
        given = given if read is None else read
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise CallError(f"the arguments of {name} are {given!r:.100}, not an object")
    return {str(key): _plain(value) for key, value in given.items()}


def _expressions(statement: ast.stmt) -> list[ast.AST]:
    if not isinstance(statement, ast.Expr):
        return [statement]
    value = statement.value
    return list(value.elts) if isinstance(value, (ast.List, ast.Tuple)) else [value]


def _one(node: ast.AST, known: Known) -> Iterator[Call]:
    yield _call(node, known)


def _call(node: ast.AST, known: Known) -> Call:
    if not isinstance(node, ast.Call):
        raise CallError("not a call of a tool")
    name = ast.unparse(node.func)
    if not re.fullmatch(r"[A-Za-z_][\w.]*", name):
        raise CallError(f"{name[:100]!r} is not the name of a tool")
    names = known.get(name, ())
    if len(node.args) > len(names) and name in known:
        raise CallError(f"{name} takes {len(names)} arguments, got {len(node.args)}")
    try:
        args = dict(zip(names, map(_literal, node.args), strict=False))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in args:
                raise CallError(f"{name}: an argument is given twice, or by **")
            args[keyword.arg] = _literal(keyword.value)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise CallError(f"an argument of {name} is not a literal value") from error
    return Call(name, args)


def _smells(block: str, known: Known) -> bool:
    """Whether a text that cannot be read was meant as a call."""
    keyed = any(
        f'"{key}"' in block or f"'{key}'" in block for key in ("tool", "tool_calls", "args")
    )
    return keyed or any(
        re.search(rf"""["'`]{re.escape(name)}["'`]|\b{re.escape(name)}\(""", block)
        for name in known
    )


def _literal_or_none(text: str) -> Any:
    try:
        return _plain(ast.literal_eval(text))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, CallError):
        return None


def _literal(node: ast.expr) -> Any:
    # JSON's names for what Python calls True, False and None.
    if isinstance(node, ast.Name) and node.id in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[node.id]
    return _plain(ast.literal_eval(node))


def _plain(value: Any, depth: int = 0) -> Any:
    """The value as JSON has it."""
    if depth > _DEEPEST:
        raise CallError("an argument is nested too deeply")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one, depth + 1) for key, one in value.items()}
    raise CallError(f"{value!r:.100} is no JSON value")
