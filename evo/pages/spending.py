"""The ledger of a run: what was bought, for which purpose and operator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evo.storage import Store


@dataclass(frozen=True)
class SpendRow:
    """Calls of one purpose and operator, or of several where a field is ``None``.

    Attributes:
        purpose: ``search``, ``gate``, ``regression``, ``audit``, ...; ``None`` for all.
        operator: Whose children were written or measured; ``None`` where none is, or for all.
        calls: Calls bought; a call in flight when the run was killed counts.
        tokens: Prompt and completion tokens; ``None`` if any is unknown.
        money: USD; ``None`` if any price is unknown.
        seconds: Wall time of the calls; calls made at the same time count each.
        failed: Those of the calls that gave no answer; tokens and money hold their upper bound.
    """

    purpose: str | None
    operator: str | None
    calls: int
    tokens: int | None
    money: float | None
    seconds: float
    failed: int = 0


def spend_rows(store: Store, run_id: str) -> tuple[SpendRow, ...]:
    """The ledger of one run by purpose and operator, in the order of the first call."""
    return tuple(
        SpendRow(purpose, operator, **spent)
        for (purpose, operator), spent in store.spent_on(run_id).items()
    )


def by_purpose(rows: Iterable[SpendRow]) -> tuple[SpendRow, ...]:
    """One row a purpose, then the total."""
    found = list(rows)
    purposes = dict.fromkeys(row.purpose for row in found)
    parts = [_total([row for row in found if row.purpose == name], name) for name in purposes]
    return (*parts, _total(found, None))


def _total(rows: list[SpendRow], purpose: str | None) -> SpendRow:
    tokens = [row.tokens for row in rows]
    money = [row.money for row in rows]
    return SpendRow(
        purpose=purpose,
        operator=None,
        calls=sum(row.calls for row in rows),
        tokens=None if None in tokens else sum(value or 0 for value in tokens),
        money=None if None in money else sum(value or 0.0 for value in money),
        seconds=sum(row.seconds for row in rows),
        failed=sum(row.failed for row in rows),
    )
