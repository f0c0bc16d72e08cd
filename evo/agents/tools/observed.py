"""What a tool gave, made fit for a model: text, cut, never binary."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

LONGEST = 4_000
"""Characters of an observation that a model is shown."""


@dataclass(frozen=True)
class Observed:
    """What came of one call.

    Attributes:
        text: What the model reads.
        error: Why the call failed; ``None`` if it did not.
        value: The same as a JSON value, for conditions of rules; the text where it is none.
        problems: What was wrong with it: ``tool raised``, ``tool timed out``, ``cut``, ...
        state: What the tools say of themselves after the call.
    """

    text: str
    error: str | None = None
    value: Any = None
    problems: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def failed(cls, why: str, problem: str) -> Observed:
        """A call that failed, and the name of what went wrong."""
        return cls(f"error: {why}", why, None, (problem,))


def observe(function: Callable[[], Any], longest: int = LONGEST) -> Observed:
    """Calls a tool; whatever it raises becomes an observation.

    Args:
        function: The call, arguments bound. A coroutine that it gives is run.
        longest: Characters after which its text is cut.
    """
    try:
        return _seen(_finished(function()), longest)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (a tool may raise anything)
        why, _ = _cut(f"{type(error).__name__}: {_said(error)}", longest)
        return Observed.failed(why, "tool raised")


def clean(text: str) -> str:
    """The text with what no store could keep replaced."""
    return text.encode("utf-8", "replace").decode()


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 (a text that cannot be made is none)
        return "(no text)"


def _finished(value: Any) -> Any:
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def _seen(value: Any, longest: int) -> Observed:
    # A tool that speaks of errors itself: an object with text and error.
    text, error = getattr(value, "text", None), getattr(value, "error", None)
    if isinstance(text, str) and (error is None or isinstance(error, str)):
        shown, problems = _text(text, longest)
        told = None if error is None else _cut(error, longest)[0]
        return Observed(shown, told, _value(shown), problems)
    shown, problems = _text(value, longest)
    return Observed(shown, None, shown if problems else _json(value, shown), problems)


def _text(value: Any, longest: int) -> tuple[str, tuple[str, ...]]:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"(binary, {len(value)} bytes, not shown)", ("binary",)
    if isinstance(value, str):
        if "\0" in value[:longest]:
            return f"(binary, {len(value)} characters, not shown)", ("binary",)
        return _cut(value, longest)
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    return _cut(json.dumps(value, ensure_ascii=False, default=str), longest)


def _cut(text: str, longest: int) -> tuple[str, tuple[str, ...]]:
    if len(text) <= longest:
        return clean(text), ()
    return f"{clean(text[:longest])}... (cut, {len(text)} characters in all)", ("cut",)


def _json(value: Any, shown: str) -> Any:
    return value if isinstance(value, str) else _value(shown)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
