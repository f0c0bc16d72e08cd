"""A prompt cut where a person would cut it: at headings and between paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from genomes.placeholders import placeholders

Place = Literal["system", "user"]

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_LIST = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_ROLES: dict[str, Place] = {"system": "system", "user": "user"}
_LONGEST_NAME = 32


@dataclass(frozen=True)
class Piece:
    """One fragment to be.

    Attributes:
        name: Taken from its heading or its first words; not unique.
        text: The text; without outer blank lines.
        place: The turn that it belongs to.
    """

    name: str
    text: str
    place: Place = "system"


def split_text(text: str) -> tuple[Piece, ...]:
    """Paragraphs; a list stays with the paragraph before it, a fenced block stays whole.

    What comes before the first placeholder is the system turn, the rest the user turn.
    """
    pieces = [Piece(_slug(block), block) for block in _joined_lists(_paragraphs(text))]
    return _placed(pieces)


def split_markdown(text: str) -> tuple[Piece, ...]:
    """Sections by heading; paragraphs where there is none.

    Headings that say ``System`` or ``User`` assign what follows to that turn and vanish;
    without them it is as in ``split_text``.
    """
    sections = list(_sections(text))
    if all(heading is None for heading, _ in sections):
        return split_text(text)
    role: Place | None = None
    pieces: list[Piece] = []
    for heading, body in sections:
        title = (heading or "").strip().lower().rstrip(":")
        if title in _ROLES:
            role = _ROLES[title]
            found = [Piece(_slug(b), b) for b in _joined_lists(_paragraphs(_after(body)))]
        else:
            found = [Piece(_slug(heading or body), body)]
        pieces += [Piece(one.name, one.text, role or "system") for one in found if one.text]
    return tuple(pieces) if role else _placed(pieces)


def _placed(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    place: Place = "system"
    placed = []
    for piece in pieces:
        if placeholders(piece.text) - {"labels"}:
            place = "user"
        placed.append(Piece(piece.name, piece.text, place))
    return tuple(placed)


def _sections(text: str) -> Iterator[tuple[str | None, str]]:
    heading: str | None = None
    lines: list[str] = []
    for line, fenced in _lines(text):
        match = None if fenced else _HEADING.match(line)
        if match:
            if _trimmed(lines):
                yield heading, _trimmed(lines)
            heading, lines = match.group(1), []
        lines.append(line)
    if _trimmed(lines):
        yield heading, _trimmed(lines)


def _paragraphs(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line, fenced in _lines(text):
        if line.strip() or fenced:
            lines.append(line)
        elif lines:
            yield _trimmed(lines)
            lines = []
    if lines:
        yield _trimmed(lines)


def _joined_lists(blocks: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for block in blocks:
        if joined and _LIST.match(block):
            joined[-1] = f"{joined[-1]}\n\n{block}"
        else:
            joined.append(block)
    return joined


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is part of a fenced block."""
    fence: str | None = None
    for line in text.splitlines():
        match = _FENCE.match(line)
        mark = match.group(1) if match else None
        if fence is None:
            fence = mark
            yield line, mark is not None
        else:
            yield line, True
            if mark and mark.startswith(fence) and not line.strip(" `~"):
                fence = None


def _trimmed(lines: list[str]) -> str:
    return re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", "\n".join(lines))


def _after(section: str) -> str:
    return section.partition("\n")[2]


def _slug(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())
    name = "-".join(words[:4])
    return name[:_LONGEST_NAME].strip("-") or "part"
