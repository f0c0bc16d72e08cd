"""Placeholders of other template languages."""

from __future__ import annotations

import re

# A single pair of braces around a name, as in a Python format string.
_SINGLE = re.compile(r"(?<!\{)\{([A-Za-z_][A-Za-z0-9_]*)\}(?!\})")
# As Python reads it: from left to right, doubled braces first.
_FORMAT = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DOUBLED = {"{{": "{", "}}": "}"}


def foreign_placeholders(text: str) -> tuple[str, ...]:
    """Names in single braces, in order, each once: perhaps placeholders, perhaps text."""
    return tuple(dict.fromkeys(_SINGLE.findall(text)))


def as_ours(text: str) -> str:
    """A Python format string as a template of ours: ``{name}`` becomes ``{{ name }}``, and
    doubled braces become the single ones that they stand for."""
    pieces, end = [], 0
    for match in _FORMAT.finditer(text):
        pieces.append(text[end : match.start()])
        name = match.group(1)
        pieces.append(f"{{{{ {name} }}}}" if name else _DOUBLED[match.group(0)])
        end = match.end()
    return "".join([*pieces, text[end:]])
