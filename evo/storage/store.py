"""The workspace store."""

from __future__ import annotations

from evo.storage.attempt_table import AttemptTable
from evo.storage.gap_table import GapTable
from evo.storage.genome_table import GenomeTable
from evo.storage.past_table import PastTable
from evo.storage.responses import ResponseTable
from evo.storage.run_table import RunTable


class Store(ResponseTable, GenomeTable, RunTable, AttemptTable, GapTable, PastTable):
    """One SQLite file for all runs of a workspace, usually ``runs/evo.db``.

    Responses and the call ledger, genomes, runs with their records, gate attempts, gaps.
    Structured columns are JSON text, so any SQLite tool can read them. Text that comes in as JSON
    text (``config_json``, ``plan_json``, ``decision_json``) is kept and given back byte for byte.

    Every method commits before it returns. Thread-safe by a lock. Use it as a context manager
    or call ``close``.

    Args:
        path: The file; missing folders are made.
        timeout: Seconds to wait for another process that writes.

    Raises:
        StoreError: The file is locked, damaged, unreadable or of a newer schema.
    """
