"""The version in force: registry, journal, rollback, and what a host imports.

For a host: ``load_champion``, ``Champion``. For the loop: ``Registry``. Records: ``Version``,
``Entry``, ``Journal``. Whether evidence still holds: ``stale``, ``conditions``.
"""

from evo.champion.conditions import conditions, stale
from evo.champion.host import Champion, load_champion
from evo.champion.journal import Entry, Journal
from evo.champion.registry import Registry
from evo.champion.version import Version

__all__ = [
    "Champion",
    "Entry",
    "Journal",
    "Registry",
    "Version",
    "conditions",
    "load_champion",
    "stale",
]
