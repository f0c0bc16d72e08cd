"""Reading calls that are written as Python, without ever running them."""

from __future__ import annotations

import ast
from typing import Any

from evo.agents.policy import Call
from genomes.errors import DataError

_LONGEST = 20_000


def parse_call(text: str, signatures: dict[str, tuple[str, ...]]) -> Call:
    """The call that an expression such as ``cd(folder='a')`` stands for.

    Arguments are literals; positional ones get the names of the signature. Nothing is evaluated.

    Args:
        text: One expression.
        signatures: Tool name to the names of its arguments, in order.

    Raises:
        DataError: It is not one call of a known tool with literal arguments.
    """
    if len(text) > _LONGEST:
        raise DataError(f"a call of {len(text)} characters is not read")
    try:
        node = ast.parse(text.strip(), mode="eval").body
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            raise DataError(f"{text[:80]!r} is not a call of a tool")
        return Call(node.func.id, _arguments(node, node.func.id, signatures))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DataError(f"{text[:80]!r} is not a call with literal arguments") from error


def _arguments(node: ast.Call, name: str, signatures: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    if name not in signatures:
        raise DataError(f"there is no tool {name!r}")
    names = signatures[name]
    if len(node.args) > len(names):
        raise DataError(f"{name} takes {len(names)} arguments, got {len(node.args)}")
    args = {key: ast.literal_eval(value) for key, value in zip(names, node.args, strict=False)}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in args:
            raise DataError(f"{name}: an argument is given twice, or by **")
        args[keyword.arg] = ast.literal_eval(keyword.value)
    return args
