"""What became of the requests to a model, by operator: data for the summary and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from fitness.budget import Cost

Kind = Literal[
    "ok",
    "duplicate",
    "unchanged",
    "invalid_edit",
    "malformed",
    "truncated",
    "refusal",
    "prose",
    "failed",
    "unaffordable",
]
"""What became of one request.

``ok``: a new, valid child. ``duplicate``: a child that was made before. ``unchanged``: no text
differs. ``invalid_edit``: an edit breaks the spec. ``malformed``: JSON of another form.
``truncated``: the reply was cut off. ``refusal``: the model declined. ``prose``: no JSON, or talk
about the text in place of the text. ``failed``: no reply after all retries, or the prompt was too
long. ``unaffordable``: not asked, the budget did not allow it.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Refusal:
    """Why a reply gave no child.

    Attributes:
        kind: Under which kind it is counted.
        reason: One sentence.
    """

    kind: Kind
    reason: str


@dataclass
class Row:
    """Counts and cost of one operator.

    Attributes:
        counts: Kind to number of requests; kinds that never happened are absent.
        cost: What all its calls were charged, whatever became of them.
        reasons: Kind to the first reason given.
    """

    counts: dict[Kind, int] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    reasons: dict[Kind, str] = field(default_factory=dict)


class Tally:
    """Counts by operator."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def count(self, operator: str, kind: Kind, reason: str | None = None) -> None:
        """One more request of ``operator`` came to ``kind``."""
        row = self.rows.setdefault(operator, Row())
        row.counts[kind] = row.counts.get(kind, 0) + 1
        if reason is not None:
            row.reasons.setdefault(kind, reason)

    def charge(self, operator: str, cost: Cost) -> None:
        """A call of ``operator`` was charged."""
        row = self.rows.setdefault(operator, Row())
        row.cost = row.cost + cost

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Plain data: operator to its counts of every kind, calls, tokens, money and reasons."""
        return {
            operator: {
                "counts": {kind: row.counts.get(kind, 0) for kind in KINDS},
                "calls": row.cost.calls,
                "tokens": row.cost.tokens,
                "money": row.cost.money,
                "reasons": dict(row.reasons),
            }
            for operator, row in sorted(self.rows.items())
        }
