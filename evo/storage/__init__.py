"""The workspace store: one SQLite file (WAL) for all runs of a workspace."""

from evo.storage.calls import Spend
from evo.storage.store import Store

__all__ = ["Spend", "Store"]
