"""The tokens of a rule: words, names, numbers, texts and values, read from left to right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from genomes.errors import GenomeError
from genomes.rules.condition import Const
from genomes.rules.selector import NAME

T = TypeVar("T")

SHAPES = (
    "A before B",
    "A first",
    "A last",
    "at most 2 A",
    "A requires B",
    "A requires B or insert b(name=1)",
    "never A",
    "never A after B",
    "prefer A",
    "prefer A over B",
    "retry A 2 times",
    "stop",
    'ask "What?" for A',
    'refuse "No." for A',
)
"""One example of each body; each may be followed by ``when ...`` and ``priority 3``."""

_NUMBER = re.compile(r"\d{1,3}(?![\w.])")
_DECODER = json.JSONDecoder()


class Scanner:
    """A line and how far it has been read; spaces behind a token are skipped.

    Args:
        line: The line.
    """

    def __init__(self, line: str) -> None:
        self.line = line
        self.at = 0
        self.move(0)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.line)

    def move(self, to: int) -> None:
        """Goes on behind a token that ends at ``to``."""
        self.at = to
        while not self.done and self.line[self.at] in " \t":
            self.at += 1

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Takes what a pattern matches here."""
        found = pattern.match(self.line, self.at)
        if found is None:
            return None
        self.move(found.end())
        return found.group()

    def word(self, word: str) -> bool:
        """Takes a word of the language, if it stands here."""
        found = NAME.match(self.line, self.at)
        if found is None or found.group() != word:
            return False
        self.move(found.end())
        return True

    def symbol(self, symbol: str) -> bool:
        """Takes a symbol, if it stands here."""
        if not self.line.startswith(symbol, self.at):
            return False
        self.move(self.at + len(symbol))
        return True

    def name(self, what: str) -> str:
        """Takes a plain or quoted name."""
        if self.line.startswith('"', self.at):
            return self.string()
        return self.match(NAME) or self.fail(what)

    def count(self) -> int:
        """Takes a whole number."""
        return int(self.match(_NUMBER) or self.fail("a whole number from 0 to 999"))

    def string(self) -> str:
        """Takes a text in double quotes."""
        value = self.const().value
        return value if isinstance(value, str) else self.fail("a text in double quotes")

    def const(self) -> Const:
        """Takes a JSON value."""
        start = self.at
        try:
            value, end = _DECODER.raw_decode(self.line, self.at)
        except (ValueError, RecursionError):
            self.fail('a value, such as "text", 3 or true')
        self.move(end)
        return self.made(lambda: Const.of(value), start)

    def made(self, make: Callable[[], T], start: int) -> T:
        """What ``make`` gives; its ValueError becomes an error at ``start``."""
        try:
            return make()
        except ValueError as error:
            raise self.error(str(error), start) from error

    def fail(self, expected: str) -> NoReturn:
        """Raises an error that says what should stand here."""
        rest = self.line[self.at :].strip()
        got = repr(rest[:30]) if rest else "the end of the line"
        raise self.error(f"expected {expected}, got {got}", self.at)

    def error(self, what: str, at: int) -> GenomeError:
        """An error that shows line and column."""
        return GenomeError(
            f"no rule: {self.line!r}: {what}",
            where=f"column {at + 1}",
            remedy=f"forms: {'; '.join(SHAPES)}; each with when CONDITION and priority N",
        )
