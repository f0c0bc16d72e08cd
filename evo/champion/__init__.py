"""The version in force: registry, journal, rollback, and what a host imports.

For a host: ``load_champion``, ``Champion``. For the loop: ``Registry``, with ``Approvals`` and
``Probations``. Records: ``Version``, ``Entry``, ``Journal``, ``Pending``, ``Probation``,
``Removal``. Whether evidence still holds: ``stale``, ``conditions``. Where a piece of it comes
from: ``evo.champion.why``.
"""

from evo.champion.approval import Approvals, Pending
from evo.champion.conditions import conditions, stale
from evo.champion.host import Champion, load_champion
from evo.champion.journal import Entry, Journal
from evo.champion.probation import Probation, Probations
from evo.champion.registry import Registry
from evo.champion.removal import Removal
from evo.champion.version import Version

__all__ = [
    "Approvals",
    "Champion",
    "Entry",
    "Journal",
    "Pending",
    "Probation",
    "Probations",
    "Registry",
    "Removal",
    "Version",
    "conditions",
    "load_champion",
    "stale",
]
