"""One text for a program of several parts: which lines are meant for which."""

from __future__ import annotations

from collections.abc import Sequence


def sections(text: str, names: Sequence[str]) -> dict[str, str]:
    """Each part's text.

    A line ``# NAME`` begins what is for the part of that name alone, until the next such line;
    what stands before the first is for every part. A heading that names no part is plain text.

    Args:
        text: All of it.
        names: The parts.

    Returns:
        Name to text; a part without any is left out.
    """
    shared: list[str] = []
    own: dict[str, list[str]] = {name: [] for name in names}
    target = shared
    for line in text.splitlines():
        name = line.removeprefix("# ").strip() if line.startswith("# ") else None
        if name in own:
            target = own[name]
        else:
            target.append(line)
    whole = {name: "\n".join([*shared, "", *lines]).strip() for name, lines in own.items()}
    return {name: words for name, words in whole.items() if words}
