"""What a model's reply asks for: tool calls, a question or an answer. Nothing is evaluated."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.agents.policy import Call
from evo.agents.tools.spec import ToolSpec

LONGEST = 50_000
"""Characters of a reply that are read for calls."""

MOST = 50
"""Calls of one reply that are read."""

_NAMES = ("tool", "name", "tool_name", "function", "action")
_ARGS = ("args", "arguments", "parameters", "input", "action_input", "kwargs")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_TAGGED = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```(\w*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_REACT = re.compile(
    r"^[ \t]*Action:[ \t]*`?([\w.\-]+)`?[ \t]*\n[ \t]*Action Input:[ \t]*(.*?)"
    r"(?=^[ \t]*(?:Action|Observation|Thought):|\Z)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_CALLED = re.compile(r"^[A-Za-z_][\w.]*\(")
_ANSWER = re.compile(
    r"^[ \t*#]*(?:final[ \t]+)?answer[ \t*]*:[ \t*]*", re.IGNORECASE | re.MULTILINE
)
_ASK = re.compile(r"^[ \t*#]*ask[ \t*]*:[ \t*]*", re.IGNORECASE | re.MULTILINE)
_CONFIDENCE = re.compile(
    r"^[ \t*]*confidence[ \t*]*:[ \t*]*(\d+(?:\.\d+)?|\.\d+)[ \t]*(%?).*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Parsed:
    """What a reply asks for.

    Attributes:
        calls: Calls that could be read, in order; of known and unknown tools.
        problems: What looks like a call and could not be read, a sentence each.
        answer: The final answer, if nothing is to be called.
        question: What the user is asked, if the reply asks.
        confidence: In [0, 1], as the reply states it.
    """

    calls: tuple[Call, ...] = ()
    problems: tuple[str, ...] = ()
    answer: str = ""
    question: str | None = None
    confidence: float | None = None


class CallError(Exception):
    """A text that looks like a call and is none."""


def parse_reply(text: str, specs: Sequence[ToolSpec]) -> Parsed:
    """Reads a reply.

    Calls are JSON objects such as ``{"tool": "add", "args": {"a": 1}}`` (or with ``name`` and
    ``arguments``, nested as ``function``, in a list, under ``tool_calls``), alone, in a line, in
    a fence or in ``<tool_call>``; Python calls with literal arguments such as
    ``add(a=1, b="x")``, one a line or as a list; or ``Action:`` with ``Action Input:``. In prose
    only Python calls of known tools count. Without calls the reply is the answer: what stands
    behind ``ANSWER:``, else all of it.
    """
    shown = _THOUGHT.sub("", text).strip()
    known = {spec.name: spec.args for spec in specs}
    calls: list[Call] = []
    problems: list[str] = []
    for found in _calls(shown[:LONGEST], known):
        if isinstance(found, Call):
            calls.append(found)
        else:
            problems.append(str(found))
    if len(calls) > MOST:
        problems.append(f"{len(calls)} calls in one reply, the first {MOST} were read")
    confidence = _confidence(shown)
    rest = _CONFIDENCE.sub("", shown).strip()
    answer, question = _last(_ANSWER, rest), _last(_ASK, rest)
    return Parsed(
        tuple(calls[:MOST]),
        tuple(problems),
        rest if answer is None else answer,
        None if calls or answer is not None else question,
        confidence,
    )


def _calls(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[Call | CallError]:
    tagged = _TAGGED.findall(text)
    if tagged:
        for block in tagged:
            yield from _block(block, known, sure=True)
        return
    fenced = [found for found in _FENCED.findall(text) if _fits(found[0], found[1], known)]
    if fenced:
        for _, block in fenced:
            yield from _block(block, known, sure=False)
        return
    acted = _REACT.findall(text)
    if acted:
        for name, args in acted:
            yield from _guarded(lambda name=name, args=args: [_react(name, args)])
        return
    yield from _loose(text, known)


def _fits(language: str, block: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a fence may hold calls: program text and data are answers."""
    if language.lower() in ("", "json", "tool_call", "tool_code", "python", "py"):
        return any(True for _ in _block(block, known, sure=False))
    return False


def _block(
    block: str, known: Mapping[str, tuple[str, ...]], *, sure: bool
) -> Iterator[Call | CallError]:
    """The calls of a block that holds nothing else."""
    block = block.strip()
    if block.startswith(("{", "[")):
        lines = [line for line in block.splitlines() if line.strip()]
        whole = _json_or_none(block)
        if whole is None and len(lines) > 1 and all(map(_json_or_none, lines)):
            for line in lines:
                yield from _block(line, known, sure=sure)
            return
        if whole is None and block.startswith("[") and _CALLED.match(block[1:].strip()):
            yield from _python(block, known, sure=sure)
            return
        yield from _structure(block, known, sure=sure)
    else:
        yield from _python(block, known, sure=sure)


def _structure(
    block: str, known: Mapping[str, tuple[str, ...]], *, sure: bool
) -> Iterator[Call | CallError]:
    value = _json_or_none(block)
    if value is None:
        value = _literal_or_none(block)
    if value is None:
        if sure or _smells(block, known):
            yield CallError(f"not JSON: {block[:200]}")
        return
    yield from _guarded(lambda: list(_of_value(value, known)))


def _of_value(value: Any, known: Mapping[str, tuple[str, ...]]) -> Iterator[Call]:
    if isinstance(value, list):
        for one in value:
            yield from _of_value(one, known)
        return
    if not isinstance(value, dict):
        return
    if isinstance(value.get("tool_calls"), list):
        yield from _of_value(value["tool_calls"], known)
        return
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    given = next((value[key] for key in _ARGS if key in value), None)
    if name is None and len(value) == 1 and next(iter(value)) in known:
        name, given = next(iter(value.items()))
    if name is not None and (given is not None or name in known or len(value) == 1):
        yield Call(name, _arguments(name, given))


def _arguments(name: str, given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        read = _json_or_none(given) if given.strip() else {}
        given = given if read is None else read
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise CallError(f"the arguments of {name} are {given!r:.100}, not an object")
    return {str(key): _plain(value) for key, value in given.items()}


def _python(
    block: str, known: Mapping[str, tuple[str, ...]], *, sure: bool
) -> Iterator[Call | CallError]:
    """Calls written as Python: one expression, a list of them, or one a line."""
    if not sure and not _CALLED.match(block.removeprefix("[").strip()):
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
        yield from _guarded(lambda node=node: [_call(node, known)])


def _expressions(statement: ast.stmt) -> list[ast.AST]:
    if not isinstance(statement, ast.Expr):
        return [statement]
    value = statement.value
    return list(value.elts) if isinstance(value, (ast.List, ast.Tuple)) else [value]


def _call(node: ast.AST, known: Mapping[str, tuple[str, ...]]) -> Call:
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


def _loose(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[Call | CallError]:
    """Calls that stand in prose, or alone."""
    whole = text.strip()
    if _CALLED.match(whole.removeprefix("[").strip()):
        found = list(_python(whole, known, sure=False))
        if found:
            yield from found
            return
    decoder, place, seen = json.JSONDecoder(), 0, False
    for start in re.finditer(r"^[ \t]*(?:[\w ]{0,20}:[ \t]*)?(?=[{\[])", text, re.MULTILINE):
        if start.end() < place:
            continue
        try:
            value, place = decoder.raw_decode(text, start.end())
        except (ValueError, RecursionError):
            found = list(_structure(_line(text, start.end()), known, sure=False))
        else:
            found = list(_guarded(lambda value=value: list(_of_value(value, known))))
        seen = seen or bool(found)
        yield from found
    if not seen:
        yield from _lines(text, known)


def _lines(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[Call | CallError]:
    for line in text.splitlines():
        bare = line.strip().strip("`")
        if _CALLED.match(bare) and bare.partition("(")[0] in known:
            yield from _python(bare, known, sure=True)


def _line(text: str, start: int) -> str:
    end = text.find("\n\n", start)
    return text[start:] if end < 0 else text[start:end]


def _react(name: str, args: str) -> Call:
    shown = args.strip().strip("`")
    read = _json_or_none(shown)
    if read is None and shown:
        read = _literal_or_none(shown)
    if read is None and shown:
        raise CallError(f"the input of {name} is not JSON: {shown[:200]}")
    return Call(name, _arguments(name, read))


def _guarded(make: Any) -> Iterator[Call | CallError]:
    try:
        yield from make()
    except CallError as error:
        yield error


def _smells(block: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a text that cannot be read was meant as a call."""
    keyed = any(
        f'"{key}"' in block or f"'{key}'" in block for key in ("tool", "tool_calls", "args")
    )
    return keyed or any(
        re.search(rf"""["'`]{re.escape(name)}["'`]|\b{re.escape(name)}\(""", block)
        for name in known
    )


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


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


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    raise CallError(f"{value!r:.100} is no JSON value")


def _last(marker: re.Pattern[str], text: str) -> str | None:
    """What stands behind the last marker."""
    found = list(marker.finditer(text))
    return text[found[-1].end() :].strip() if found else None


def _confidence(text: str) -> float | None:
    found = _CONFIDENCE.findall(text)
    if not found:
        return None
    number = float(found[-1][0]) / (100 if found[-1][1] else 1)
    return number if 0 <= number <= 1 else None
