"""The champion, or any genome, in forms that others read.

Use: ``export``, ``exporter_names``, ``left_behind``. For a new form: ``Exporter``, ``Source``,
``ModelRef``, ``exporter`` and the entry-point group ``evogate.exporters``. In a program that has
DSPy: ``evo.exports.dspy_program``.
"""

from evo.exports.export import EXPORTERS, Exporter, export, exporter, exporter_names
from evo.exports.losses import left_behind
from evo.exports.source import ModelRef, Source

__all__ = [
    "EXPORTERS",
    "Exporter",
    "ModelRef",
    "Source",
    "export",
    "exporter",
    "exporter_names",
    "left_behind",
]
