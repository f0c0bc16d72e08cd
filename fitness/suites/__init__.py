"""Examples, suites, splits and loaders."""

from fitness.suites.example import Example
from fitness.suites.suite import ROLES, Role, Suite

__all__ = ["ROLES", "Example", "Role", "Suite"]
