"""``export``: one door to all exporters, ours and other distributions'."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from evo.champion import Version
from evo.exports.dspy_export import export_dspy
from evo.exports.json_export import export_json
from evo.exports.markdown_export import export_markdown
from evo.exports.openai_export import export_openai
from evo.exports.promptfoo_export import export_promptfoo
from evo.exports.source import ModelRef, Source
from evo.exports.yaml_export import export_yaml
from evo.plugins import load_plugin, plugin_names
from fitness.suites import Suite
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
    "dspy": export_dspy,
    "openai": export_openai,
    "promptfoo": export_promptfoo,
}


def export(
    what: Version | Genome,
    to: str = "yaml",
    *,
    name: str | None = None,
    domain: str | None = None,
    model: ModelRef | None = None,
    suites: Sequence[Suite] = (),
) -> str:
    """A champion version or a genome as text.

    Args:
        what: A version, or a genome without a decision.
        to: Name of the exporter; see ``exporter_names``.
        name: The agent's name, shown where the form has a place for it.
        domain: For ``openai`` and ``promptfoo``, which hold one domain.
        model: For the same two, which name a model.
        suites: For ``promptfoo``: search suites to take tests from.

    Raises:
        ConfigError: There is no such exporter, or the form needs a domain or a model.
        DataError: A suite is none of the search role.
    """
    version = what if isinstance(what, Version) else None
    genome = what.genome if isinstance(what, Version) else what
    source = Source(genome, name, version, domain, model, tuple(suites))
    return exporter(to)(source)


def exporter_names() -> tuple[str, ...]:
    """All forms, ours first."""
    return (*_OURS, *(name for name in plugin_names(EXPORTERS) if name not in _OURS))


def exporter(name: str) -> Exporter:
    """The exporter of this name.

    Raises:
        ConfigError: There is none.
    """
    # Ours cannot be replaced by another distribution: a name keeps its meaning.
    if name in _OURS:
        return _OURS[name]
    known = exporter_names()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
        raise ConfigError(f"there is no exporter {name!r}", where="--to", remedy=hint)
    return load_plugin(EXPORTERS, name)
