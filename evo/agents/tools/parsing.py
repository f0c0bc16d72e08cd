"""What a model's reply asks for: tool calls, a question or an answer. Nothing is evaluated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from evo.agents.policy import Call
from evo.agents.tools.calls import (
    CALLED,
    CallError,
    Known,
    guarded,
    json_calls,
    json_or_none,
    of_value,
    python_calls,
    react_call,
)
from evo.agents.tools.spec import ToolSpec

LONGEST = 50_000
"""Characters of a reply that are read for calls."""

MOST = 50
"""Calls of one reply that are read."""

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_TAGGED = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```(\w*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_REACT = re.compile(
    r"^[ \t]*Action:[ \t]*`?([\w.\-]+)`?[ \t]*\n[ \t]*Action Input:[ \t]*(.*?)"
    r"(?=^[ \t]*(?:Action|Observation|Thought):|\Z)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
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


def _calls(text: str, known: Known) -> Iterator[Call | CallError]:
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
            yield from guarded(partial(react_call, name, args))
        return
    yield from _loose(text, known)


def _fits(language: str, block: str, known: Known) -> bool:
    """Whether a fence may hold calls: program text and data are answers."""
    if language.lower() in ("", "json", "tool_call", "tool_code", "python", "py"):
        return any(True for _ in _block(block, known, sure=False))
    return False


def _block(block: str, known: Known, *, sure: bool) -> Iterator[Call | CallError]:
    """The calls of a block that holds nothing else."""
    block = block.strip()
    if block.startswith(("{", "[")):
        lines = [line for line in block.splitlines() if line.strip()]
        whole = json_or_none(block)
        if whole is None and len(lines) > 1 and all(map(json_or_none, lines)):
            for line in lines:
                yield from _block(line, known, sure=sure)
            return
        if whole is None and block.startswith("[") and CALLED.match(block[1:].strip()):
            yield from python_calls(block, known, sure=sure)
            return
        yield from json_calls(block, known, sure=sure)
    else:
        yield from python_calls(block, known, sure=sure)


def _loose(text: str, known: Known) -> Iterator[Call | CallError]:
    """Calls that stand in prose, or alone."""
    whole = text.strip()
    if CALLED.match(whole.removeprefix("[").strip()):
        found = list(python_calls(whole, known, sure=False))
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
            found = list(json_calls(_line(text, start.end()), known, sure=False))
        else:
            found = list(guarded(partial(of_value, value, known)))
        seen = seen or bool(found)
        yield from found
    if not seen:
        yield from _lines(text, known)


def _lines(text: str, known: Known) -> Iterator[Call | CallError]:
    for line in text.splitlines():
        bare = line.strip().strip("`")
        if CALLED.match(bare) and bare.partition("(")[0] in known:
            yield from python_calls(bare, known, sure=True)


def _line(text: str, start: int) -> str:
    end = text.find("\n\n", start)
    return text[start:] if end < 0 else text[start:end]


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
