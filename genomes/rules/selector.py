"""Which calls a rule speaks of: one tool, a class of tools, a verb, a word, or any."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

SelectorKind = Literal["tool", "class", "verb", "word", "any"]

_WORDS = """
after and any ask at before called error first for in insert last never no not observation or over
prefer priority refuse request requires retry state steps stop times when
"""
RESERVED = frozenset(_WORDS.split())
"""Words of the language; a tool of such a name is written ``tool:NAME``."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")

_BREADTH: dict[SelectorKind, int] = {"tool": 0, "verb": 1, "word": 1, "class": 1, "any": 2}


@dataclass(frozen=True)
class Selector:
    """A set of tools by name.

    Attributes:
        kind: ``tool`` (the name itself), ``class`` (the tool's class), ``verb`` (the first word
            of the name), ``word`` (any word of it) or ``any``.
        name: What is looked for; empty for ``any``.
    """

    kind: SelectorKind
    name: str = ""

    def __post_init__(self) -> None:
        if (self.kind == "any") == bool(self.name):
            raise ValueError(f"a selector of kind {self.kind} cannot have the name {self.name!r}")

    @property
    def breadth(self) -> int:
        """0 for one tool, 1 for a class, verb or word, 2 for any tool."""
        return _BREADTH[self.kind]

    def matches(self, tool: str, tool_class: str | None = None) -> bool:
        """Whether a tool is meant.

        Args:
            tool: Its name.
            tool_class: Its class; without one, what stands before the last dot of the name.
        """
        if self.kind == "any":
            return True
        if self.kind == "tool":
            return tool == self.name
        if self.kind == "class":
            return (tool_class or class_of(tool)) == self.name
        words = words_of(tool)
        return self.name in (words if self.kind == "word" else words[:1])

    def __str__(self) -> str:
        if self.kind == "any":
            return "any"
        plain = NAME.fullmatch(self.name) is not None
        if self.kind == "tool" and plain and self.name not in RESERVED:
            return self.name
        return f"{self.kind}:{self.name if plain else quoted(self.name)}"


ANY = Selector("any")


def quoted(value: Any) -> str:
    """Canonical JSON on one line: odd line breaks and invisible characters as escapes.

    Raises:
        ValueError: The value has no JSON form.
    """

    def dumped(ascii_only: bool) -> str:
        return json.dumps(
            value,
            ensure_ascii=ascii_only,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )

    text = dumped(False)
    return text if text.isprintable() else dumped(True)


def tool(name: str) -> Selector:
    """The selector of one tool."""
    return Selector("tool", name)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a tool's name in lower case: ``fillFuelTank`` and ``fill_fuel_tank`` agree.

    What stands before the last dot is the class and no part of it.
    """
    own = name.rpartition(".")[2]
    return tuple(part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", own))


def class_of(name: str) -> str | None:
    """What stands before the last dot of a name; ``None`` without a dot."""
    return name.rpartition(".")[0] or None
