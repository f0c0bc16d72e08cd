"""Suites, benchmarks, proposers by name: ours and others' come through the same door."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any

from evo.origins import intruders
from genomes.errors import ConfigError

SUITES = "evogate.suites"
BENCHES = "evogate.bench"
EXAMPLES = "evogate.examples"
PROPOSERS = "evogate.proposers"


def plugin_names(group: str) -> tuple[str, ...]:
    """The names announced in an entry-point group, sorted."""
    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def load_plugin(group: str, name: str) -> Callable[..., Any]:
    """What ``name`` stands for in an entry-point group.

    Raises:
        ConfigError: Nothing has that name, or it cannot be imported; a package of ours that is
            shadowed or overwritten is named.
    """
    found = [entry for entry in entry_points(group=group) if entry.name == name]
    if not found:
        known = plugin_names(group)
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
        raise ConfigError(f"nothing named {name!r} in {group}", remedy=hint)
    try:
        loaded: Callable[..., Any] = found[0].load()
    except (ImportError, AttributeError) as error:
        intruder = next(iter(intruders()), None)
        what = intruder.what if intruder else f"cannot import {found[0].value}: {error}"
        raise ConfigError(
            what, where=f"{group} {name}", remedy=intruder.remedy if intruder else None
        ) from error
    return loaded
