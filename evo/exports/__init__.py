"""The champion, or any genome, in forms that others read.

Use: ``export``, ``exporter_names``. For a new form: ``Exporter``, ``Source`` and the entry-point
group ``evogate.exporters``.
"""

from evo.exports.export import EXPORTERS, Exporter, export, exporter_names
from evo.exports.source import Source

__all__ = ["EXPORTERS", "Exporter", "Source", "export", "exporter_names"]
