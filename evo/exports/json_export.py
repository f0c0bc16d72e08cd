"""JSON: the genome alone, for programs."""

from __future__ import annotations

import json

from evo.exports.source import Source


def export_json(source: Source) -> str:
    """A file that ``genomes.from_json`` reads back to the same genome.

    Its content hash names where it comes from; JSON has no place for comments.
    """
    content = source.genome.model_dump(mode="json")
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
