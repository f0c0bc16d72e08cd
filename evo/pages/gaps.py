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
class Fall:
    """By how much a rate of failure fell; negative if it rose.

    Attributes:
        fall: Rate before less rate after.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Examples.
    """

    fall: float
    low: float
    high: float
    n: int


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
        unseen: The same on examples that neither found the gap nor bred the champion; ``None``
            if there are none.
        state: ``open``, ``targeted``, ``closed`` or ``reopened`` at the end of the run; ``None``
            if it was not recorded.
        proposals: Proposals of this run that answer it.
    """

    gap_id: str
    kind: str
    domain: str
    slice: str
    confirmed: bool
    before: Rate
    after: Rate | None
    unseen: Fall | None
    state: str | None
    proposals: int


def gap_rows(records: RunRecords) -> tuple[GapRow, ...]:
    """The gaps that the run saw, costliest first."""
    answered = Counter(child.gap for child in children(records) if child.gap)
    # What was measured on unseen examples is evidence of these events, the last one counts.
    unseen = {
        event["gap_id"]: Fall(**{name: event["evidence"][name] for name in _FALL})
        for event in records.gap_events
        if event["kind"] in ("closed", "tried")
    }
    return tuple(
        _row(content, unseen.get(content["id"]), answered[content["id"]])
        for content in records.gaps
    )


def _row(content: Mapping[str, Any], unseen: Fall | None, proposals: int) -> GapRow:
    gap, after = content["before"], content.get("after")
    return GapRow(
        gap_id=content["id"],
        kind=gap["kind"],
        domain=gap["domain"],
        slice=gap["slice"],
        confirmed=bool(gap.get("confirmed")),
        before=_rate(gap),
        after=None if after is None else _rate(after),
        unseen=unseen,
        state=content.get("state"),
        proposals=proposals,
    )


def _rate(content: Mapping[str, Any]) -> Rate:
    return Rate(content["failures"], content["n"], content["low"], content["high"])


_FALL = ("fall", "low", "high", "n")
