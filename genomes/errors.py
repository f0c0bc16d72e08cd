"""The error tree of evogate; its root stands on the ground floor so that every floor can raise it.

::

    EvogateError
    ├── ConfigError        a setting, flag or file of the user's is wrong          (exit 2)
    │   └── GenomeError    a genome, spec or template is malformed                 (exit 2)
    ├── DataError          a suite is unusable: leaks, duplicates, one class       (exit 2)
    ├── BudgetError        the budget cannot pay for what was asked                (exit 2)
    ├── ModelError         a model is missing, unreachable or answers with errors  (exit 3)
    │   └── TransientModelError   worth another try: time-outs, 429, 5xx           (exit 3)
    ├── StoreError         the workspace store is locked, newer or damaged         (exit 4)
    ├── IntegrityError     a check said no: edited bytes, refused promotion        (exit 1)
    │   └── PendingError   a decided promotion waits for a person's approval       (exit 5)
    └── StoppedError       the user stopped a run, which can be resumed            (exit 130)
"""

from __future__ import annotations


class EvogateError(Exception):
    """One sentence what, one sentence where, one line what to do.

    Args:
        what: The problem, with the offending value.
        where: File, line or dotted key, e.g. ``evo.yaml:14 gate.alpha``.
        remedy: What the user can do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"at {self.where}")
        if self.remedy:
            parts.append(self.remedy)
        return " | ".join(parts)


class ConfigError(EvogateError):
    """A setting, flag or file of the user's is wrong."""


class GenomeError(ConfigError):
    """A genome, spec or template is malformed."""


class DataError(EvogateError):
    """A suite cannot be used: leaks, duplicates, a single class, unreadable rows."""


class BudgetError(EvogateError):
    """The budget cannot pay for what was asked."""


class ModelError(EvogateError):
    """A model is missing, unreachable or answers with errors."""


class TransientModelError(ModelError):
    """A failure of the infrastructure that another try may cure (time-out, 429, 5xx).

    Args:
        what: The problem.
        where: Which endpoint.
        remedy: What the user can do if it stays.
        retry_after: Seconds that the other side asks to wait before the next request.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        remedy: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.retry_after = retry_after


class StoreError(EvogateError):
    """The workspace store is locked, damaged or of a newer schema."""


class IntegrityError(EvogateError):
    """A check said no: edited bytes, a broken chain, a refused promotion."""


class PendingError(IntegrityError):
    """A decided promotion waits for a person's approval; nothing goes on before that."""


class StoppedError(EvogateError):
    """The user stopped a run; what was paid for is kept, and the run can be resumed."""
