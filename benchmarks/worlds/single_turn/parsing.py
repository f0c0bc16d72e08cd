"""Reading calls from a reply: Python calls or JSON. Nothing is ever evaluated."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

_LONGEST = 20_000
_FENCED = re.compile(r"```\w*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)

Made = tuple[str, dict[str, Any]]
"""Name of the function, and its arguments."""


def parse_calls(text: str) -> list[Made]:
    """The calls that a whole reply, or its first fenced block, stands for; none for prose.

    Python: ``f(a=1)`` or ``[f(a=1), geo.g(b="x")]``, with literal arguments by name. JSON:
    ``{"name": "f", "arguments": {"a": 1}}`` or ``{"f": {"a": 1}}``, or a list of these.
    """
    if len(text) > _LONGEST:
        return []
    fenced = _FENCED.search(text)
    body = (fenced[1] if fenced else text).strip()
    try:
        return list(_of_json(json.loads(body)))
    except (ValueError, RecursionError):
        pass
    try:
        return list(_of_python(ast.parse(body, mode="eval").body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _of_json(value: Any) -> Iterator[Made]:
    if isinstance(value, list):
        for one in value:
            yield from _of_json(one)
        return
    if not isinstance(value, dict):
        raise ValueError("no call")
    if isinstance(value.get("name"), str):
        args = value.get("arguments", value.get("parameters", {}))
        found = {value["name"]: json.loads(args) if isinstance(args, str) else args}
    else:
        found = value
    for name, args in found.items():
        if not isinstance(args, dict):
            raise ValueError("no call")
        yield name, args


def _of_python(node: ast.expr) -> Iterator[Made]:
    if isinstance(node, ast.List | ast.Tuple):
        for one in node.elts:
            yield from _of_python(one)
        return
    if not isinstance(node, ast.Call) or node.args:
        raise ValueError("no call with arguments by name")
    args: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in args:
            raise ValueError("an argument by ** or twice")
        args[keyword.arg] = ast.literal_eval(keyword.value)
    yield _name(node.func), args


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError("no name")
