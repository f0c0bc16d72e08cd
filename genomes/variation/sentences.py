"""Cutting a text into sentences and putting it together again without loss."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

# A sentence ends at . ! ? before space, or at the end of a line; the gap belongs to nobody.
_GAP = re.compile(r"(?<=[.!?])[^\S\n]+|\s*\n\s*")
_WORD = re.compile(r"\{\{.*?\}\}|[^\W\d_]+", re.DOTALL)


@dataclass(frozen=True)
class Sentences:
    """Sentences with the gaps between them.

    Attributes:
        parts: n sentences.
        gaps: n - 1 stretches of white space (none for n = 0).
    """

    parts: tuple[str, ...]
    gaps: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(chain.from_iterable(zip_longest(self.parts, self.gaps, fillvalue="")))

    def reordered(self, order: Sequence[int]) -> Sentences:
        """The same gaps around the sentences in another order."""
        return Sentences(tuple(self.parts[index] for index in order), self.gaps)

    def without(self, index: int) -> Sentences:
        """All but one sentence; the gap before it goes too (after it, for the first)."""
        gap = max(index - 1, 0)
        return Sentences(
            self.parts[:index] + self.parts[index + 1 :], self.gaps[:gap] + self.gaps[gap + 1 :]
        )

    def replaced(self, index: int, sentence: str) -> Sentences:
        """Another sentence in one place."""
        return Sentences((*self.parts[:index], sentence, *self.parts[index + 1 :]), self.gaps)


def split(text: str) -> Sentences:
    """Cuts a text; ``str(split(text)) == text`` for a text without outer white space."""
    if not text:
        return Sentences((), ())
    parts, gaps, start = [], [], 0
    for gap in _GAP.finditer(text):
        if gap.start() > start and gap.end() < len(text):
            parts.append(text[start : gap.start()])
            gaps.append(gap.group())
            start = gap.end()
    return Sentences((*parts, text[start:]), tuple(gaps))


def joined(first: str, second: str) -> str:
    """Two pieces of text with one space between them, a line break after an open end."""
    if not first or not second:
        return first or second
    return first + (" " if first.rstrip()[-1:] in ".!?" else "\n") + second


def words(text: str) -> list[re.Match[str]]:
    """The words of a text that stand outside placeholders."""
    return [match for match in _WORD.finditer(text) if not match.group().startswith("{{")]
