"""Ids by unique prefix."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from genomes.errors import ConfigError

_SHOWN = 12
_SHORT = 24  # ids of runs; only hashes are cut


def unique_match(noun: str, prefix: str, known: Sequence[str]) -> str:
    """The one id that ``prefix`` stands for; an exact id wins over longer ones.

    Args:
        noun: What the ids name, for the message.
        prefix: The id or its beginning.
        known: All ids.

    Raises:
        ConfigError: No id or several ids begin so.
    """
    matches = [name for name in known if name.startswith(prefix)] if prefix else []
    if prefix in matches:
        return prefix
    if len(matches) == 1:
        return matches[0]
    if matches:
        shown = ", ".join(_distinct(sorted(matches)[:5]))
        raise ConfigError(
            f"{noun} {prefix!r} is ambiguous: {len(matches)} begin so", remedy=f"one of: {shown}"
        )
    raise ConfigError(f"unknown {noun} {prefix!r}", remedy=_hint(noun, prefix, known))


def _hint(noun: str, prefix: str, known: Sequence[str]) -> str:
    if not known:
        return f"there is no {noun} yet"
    whole = max(map(len, known)) <= _SHORT
    length = _SHORT if whole else max(len(prefix), _SHOWN)
    heads = {name[:length]: name for name in known}
    close = get_close_matches(prefix[:length], list(heads), n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"known: {', '.join(list(heads)[-5:])}"


def _distinct(names: list[str]) -> list[str]:
    """Names cut to the shortest length that tells them apart."""
    longest = max(map(len, names))
    for length in range(_SHOWN, longest):
        if len({name[:length] for name in names}) == len(names):
            return [name[:length] for name in names]
    return names
