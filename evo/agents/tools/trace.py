"""What an agent did, line by line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Literal

Event = Literal["model", "call", "inserted", "retry", "observed", "error", "rule", "problem", "end"]

_LONGEST = 2_000
"""Characters of one line."""

_MOST = 400
"""Lines; of a longer trace the middle is left out."""


class Trace:
    """Collects the lines of one example: ``KIND: text``, line ends in a text escaped.

    Kinds: ``model`` (what it said), ``call``, ``inserted`` and ``retry`` (a call that it, a rule
    for another call, or a rule for a failed call wanted), ``observed`` and ``error`` (what came of
    it), ``rule`` (what a rule did), ``problem`` (something that went wrong, by name), ``end``.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, kind: Event, text: str) -> None:
        """One more line."""
        shown = json.dumps(text, ensure_ascii=False)[1:-1] if "\n" in text else text
        if len(shown) > _LONGEST:
            shown = f"{shown[:_LONGEST]}... (cut, {len(shown)} characters in all)"
        self._lines.append(f"{kind}: {shown}".encode("utf-8", "replace").decode())

    def problem(self, name: str, text: str) -> None:
        """Something that went wrong, by name."""
        self.add("problem", f"{name}: {text}")

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines."""
        if len(self._lines) <= _MOST:
            return tuple(self._lines)
        half = _MOST // 2
        gone = f"problem: cut: {len(self._lines) - 2 * half} lines are left out here"
        return (*self._lines[:half], gone, *self._lines[-half:])


def problems(trace: Iterable[str]) -> Counter[str]:
    """How often each thing went wrong, by name.

    Args:
        trace: Lines of one or several traces.
    """
    return Counter(
        line.split(": ", 2)[1] for line in trace if line.startswith("problem: ") and ":" in line[9:]
    )
