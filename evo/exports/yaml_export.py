"""YAML: the genome as it can be edited and imported, its origin in comments."""

from __future__ import annotations

from evo.exports.provenance import provenance
from evo.exports.source import Source
from genomes import to_yaml


def export_yaml(source: Source) -> str:
    """A file that ``genomes.from_yaml`` reads back to the same genome."""
    header = "".join(f"# {what}: {text}\n" for what, text in provenance(source))
    return f"# Exported by evogate\n{header}\n{to_yaml(source.genome)}"
