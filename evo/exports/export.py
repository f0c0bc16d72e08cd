"""``export``: one door to all exporters, ours and other distributions'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from evo.champion import Version
from evo.exports.json_export import export_json
from evo.exports.markdown_export import export_markdown
from evo.exports.source import Source
from evo.exports.yaml_export import export_yaml
from evo.plugins import load_plugin, plugin_names
from genomes import Genome
from genomes.errors import ConfigError

Exporter = Callable[[Source], str]
"""A pure function from a source to the text of one file, line end included."""

EXPORTERS = "evogate.exporters"
"""Entry-point group through which other distributions announce exporters."""

_OURS: Mapping[str, Exporter] = {
    "yaml": export_yaml,
    "json": export_json,
    "markdown": export_markdown,
}


def export(what: Version | Genome, to: str = "yaml", *, name: str | None = None) -> str:
    """A champion version or a genome as text.

    Args:
        what: A version, or a genome without a decision.
        to: Name of the exporter; see ``exporter_names``.
        name: The agent's name, shown where the form has a place for it.

    Raises:
        ConfigError: There is no such exporter.
    """
    if isinstance(what, Version):
        return _exporter(to)(Source(what.genome, name, what))
    return _exporter(to)(Source(what, name))


def exporter_names() -> tuple[str, ...]:
    """All forms, ours first."""
    return (*_OURS, *(name for name in plugin_names(EXPORTERS) if name not in _OURS))


def _exporter(name: str) -> Exporter:
    # Ours cannot be replaced by another distribution: a name keeps its meaning.
    if name in _OURS:
        return _OURS[name]
    known = exporter_names()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
        raise ConfigError(f"there is no exporter {name!r}", where="--to", remedy=hint)
    return load_plugin(EXPORTERS, name)
