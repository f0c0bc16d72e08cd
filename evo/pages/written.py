"""What came of asking a model for proposals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evo.pages.records import RunRecords


@dataclass(frozen=True)
class WrittenRow:
    """One operator that asks a model.

    Attributes:
        operator: Its name.
        requests: Requests in all.
        calls: What they were charged, stored answers included.
        outcomes: (kind, requests, first reason) of the kinds that happened, most frequent first;
            ``ok`` is a new child, all else gave none.
    """

    operator: str
    requests: int
    calls: int
    outcomes: tuple[tuple[str, int, str | None], ...]


def written_rows(records: RunRecords) -> tuple[WrittenRow, ...]:
    """By operator; empty without a model that writes, and before the run has ended."""
    written: Mapping[str, Mapping[str, Any]] = records.summary.get("written") or {}
    return tuple(_row(operator, content) for operator, content in written.items())


def _row(operator: str, content: Mapping[str, Any]) -> WrittenRow:
    counts = {kind: n for kind, n in content["counts"].items() if n}
    reasons = content.get("reasons") or {}
    return WrittenRow(
        operator=operator,
        requests=sum(counts.values()),
        calls=content["calls"],
        outcomes=tuple(
            (kind, n, reasons.get(kind))
            for kind, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ),
    )
