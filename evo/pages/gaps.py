"""Gaps of the start beside what became of them under the champion, as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evo.pages.children import children
from evo.pages.records import RunRecords


@dataclass(frozen=True)
class Rate:
    """How often a genome fails in a slice.

    Attributes:
        failures: Examples that are wrong, or too costly, as the kind of the gap says.
        n: Examples of the slice.
        low: Lower end of the 95 % interval of the rate (Wilson 1927).
        high: Upper end.
    """

    failures: int
    n: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """``failures / n``; 0 without examples."""
        return self.failures / self.n if self.n else 0.0


@dataclass(frozen=True)
class GapRow:
    """One gap in one run.

    Attributes:
        gap_id: Its stable name.
        kind: ``failing``, ``regressed``, ``unreliable`` or ``inefficient``.
        domain: Domain of the slice.
        slice: What its examples share.
        confirmed: Whether two halves of the examples agree on it.
        before: Under the genome in force at the start.
        after: Under the champion of the end, on the same examples; ``None`` if not known.
        proposals: Proposals of this run that answer it.
    """

    gap_id: str
    kind: str
    domain: str
    slice: str
    confirmed: bool
    before: Rate
    after: Rate | None
    proposals: int


def gap_rows(records: RunRecords) -> tuple[GapRow, ...]:
    """The gaps that the run saw, costliest first."""
    answered = Counter(child.gap for child in children(records) if child.gap)
    return tuple(_row(content, answered) for content in records.gaps)


def _row(content: Mapping[str, Any], answered: Mapping[str, int]) -> GapRow:
    gap, after = content["before"], content.get("after")
    return GapRow(
        gap_id=content["id"],
        kind=gap["kind"],
        domain=gap["domain"],
        slice=gap["slice"],
        confirmed=bool(gap.get("confirmed")),
        before=_rate(gap),
        after=None if after is None else _rate(after),
        proposals=answered.get(content["id"], 0),
    )


def _rate(content: Mapping[str, Any]) -> Rate:
    return Rate(content["failures"], content["n"], content["low"], content["high"])
