"""The proposals of a run: what each was meant to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evo.pages.records import RunRecords

Held = Literal["held", "fell short", "unclear", "better", "worse", "not measured"]


@dataclass(frozen=True)
class Gain:
    """A child against its parent on the search examples that both have seen.

    Attributes:
        mean: Mean paired difference of the scores, in [-1, 1].
        low: Lower end of its 95 % interval; ``None`` if unknown.
        high: Upper end.
        n: Shared examples.
    """

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Child:
    """One proposal.

    Attributes:
        genome_id: Content hash, as it was known last.
        operator: Who made it.
        gap: Id of the gap that it answers; ``None`` for undirected variation.
        hypothesis: Why it should help; ``None`` if not stated.
        expected: Expected change of quality; ``None`` if not stated.
        kept: Whether it survived the race and was measured on the whole search suite.
        n: Search examples that it has met.
        gain: Against its first parent, or for a restart against the genome that was drawn to be
            one; ``None`` if unknown.
    """

    genome_id: str
    operator: str
    gap: str | None
    hypothesis: str | None
    expected: float | None
    kept: bool
    n: int | None
    gain: Gain | None

    @property
    def held(self) -> Held:
        """Whether the expected effect held, by the interval of the gain.

        ``held``: a gain was shown and what was expected is not excluded from above.
        ``fell short``: the interval lies below what was expected. Without a stated effect:
        ``better`` or ``worse`` where the interval excludes 0. All else is ``unclear``.
        """
        if self.gain is None:
            return "not measured"
        low, high = self.gain.low, self.gain.high
        if low is None or high is None:
            return "unclear"
        if self.expected is not None and high < self.expected:
            return "fell short"
        if low > 0:
            return "better" if self.expected is None else "held"
        return "worse" if high < 0 and self.expected is None else "unclear"


def children(records: RunRecords) -> tuple[Child, ...]:
    """All proposals in the order in which they were made; the start is none.

    A child whose reading was fitted again comes once, as it was known last.
    """
    names = {point.key: point.genome_id for point in records.points if point.key is not None}
    found: dict[str, Mapping[str, Any]] = {}
    for record in records.proposals:
        if record.get("operator") != "seed":
            found[record.get("key") or record["genome_id"]] = record
    return tuple(_child(names.get(key, one["genome_id"]), one) for key, one in found.items())


def _child(genome_id: str, record: Mapping[str, Any]) -> Child:
    gain = record.get("gain")
    return Child(
        genome_id=genome_id,
        operator=record["operator"],
        gap=record.get("gap"),
        hypothesis=record.get("hypothesis"),
        expected=record.get("expected"),
        kept=bool(record.get("kept", True)),
        n=record.get("n"),
        gain=None if gain is None else Gain(**{k: gain[k] for k in ("mean", "low", "high", "n")}),
    )
