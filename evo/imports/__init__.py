"""Seed genomes from prompts that exist already.

Use: ``import_genome``, ``Contract``, ``Format``,
``FORMATS``, ``guess_format``, ``spec_of``. Pieces: ``split_text``,
``split_markdown``, ``Piece``, ``foreign_placeholders``.
"""

from evo.imports.foreign import as_ours, foreign_placeholders
from evo.imports.pieces import Piece, split_markdown, split_text
from evo.imports.seed import FORMATS, Contract, Format, guess_format, import_genome, spec_of

__all__ = [
    "FORMATS",
    "Contract",
    "Format",
    "Piece",
    "as_ours",
    "foreign_placeholders",
    "guess_format",
    "import_genome",
    "spec_of",
    "split_markdown",
    "split_text",
]
