"""The registry of gaps: what is open, aimed at, closed, or open again. It survives runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from evo.gaps.closing import Change, change_between, failed, paired_change
from evo.gaps.gap import Gap
from evo.gaps.observed import Observed
from evo.gaps.report import GapReport
from fitness.outcome import Outcome
from fitness.suites import Example
from genomes.errors import StoreError

State = Literal["open", "targeted", "closed", "reopened"]


class GapStore(Protocol):
    """Where gaps are kept; see ``evo.storage``."""

    def put_gap(
        self,
        agent: str,
        gap_id: str,
        run_id: str,
        *,
        state: str,
        record: Mapping[str, Any],
        event: str,
        evidence: Mapping[str, Any],
    ) -> bool: ...

    def gaps(self, agent: str) -> list[dict[str, Any]]: ...

    def gap_events(self, agent: str) -> list[dict[str, Any]]: ...


class Record(BaseModel):
    """What is kept of a gap beside its state.

    Attributes:
        gap: As it was seen last.
        confirmed: Whether any run confirmed it.
        aim: The fall of its rate that closes it, stated when it was opened.
        used: Examples of the slice that have diagnosed it: they never close it.
        closed: Failures and examples on which it was closed last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gap: Gap
    confirmed: bool
    aim: float
    used: tuple[str, ...] = ()
    closed: tuple[int, int] | None = None


class TrackedGap(BaseModel):
    """A gap with its life.

    Attributes:
        id: Id of the gap.
        state: ``open``, ``targeted`` (proposals aim at it), ``closed``, ``reopened``.
        record: What is known.
        opened: UTC time at which it was seen first, ISO 8601.
        changed: UTC time of the last event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: State
    record: Record
    opened: str
    changed: str


class GapRegistry:
    """The gaps of one agent, written by one run.

    Args:
        store: The workspace store.
        agent: Name of the agent.
        run_id: The run that writes.
        links: Ids that every piece of evidence carries, e.g. champion and fingerprint.
        standing: Ids of the genomes whose change is in force; a gap that closed under another one
            is open again. ``None`` if that is not known.
    """

    def __init__(
        self,
        store: GapStore,
        agent: str,
        run_id: str,
        links: Mapping[str, str] | None = None,
        standing: Collection[str] | None = None,
    ) -> None:
        self._store = store
        self._agent = agent
        self._run_id = run_id
        self._links = dict(links or {})
        self._standing = None if standing is None else frozenset(standing)

    def tracked(self) -> dict[str, TrackedGap]:
        """All gaps ever seen, in the order in which they were first seen.

        A gap that a version has closed is ``reopened`` while that version is rolled back: what
        closed it no longer answers. If the version comes back, so does the closing.

        Raises:
            StoreError: One was stored by another version, or is damaged.
        """
        found = {row["id"]: _tracked(row) for row in self._store.gaps(self._agent)}
        back = self._rolled_back(found.values())
        return {
            name: one.model_copy(update={"state": "reopened"}) if name in back else one
            for name, one in found.items()
        }

    def _rolled_back(self, gaps: Iterable[TrackedGap]) -> set[str]:
        """The closed ones whose closing is the work of a version that is not in force."""
        closed = {gap.id for gap in gaps if gap.state == "closed"}
        if self._standing is None or not closed:
            return set()
        closers = {
            event["gap_id"]: event["evidence"].get("champion")
            for event in self._store.gap_events(self._agent)
            if event["kind"] == "closed"
        }
        known = {name for name in closed if closers.get(name) is not None}
        return {name for name in known if closers[name] not in self._standing}

    def record(self, report: GapReport, measured: Sequence[Observed]) -> None:
        """Takes what a run has found under the champion in force.

        A new gap opens. A closed one that is confirmed again reopens, and so does one whose
        rate is surely higher than when it closed. One that no longer stands out closes if
        examples that never diagnosed it say so; otherwise it stays as it is. A gap that this run
        has written about was recorded before the run was killed, and is passed over.

        Args:
            report: What was found.
            measured: What it was found in.
        """
        known, told = self.tracked(), self._told()
        found = {gap.id: gap for gap in report.gaps}
        for gap_id, gap in found.items():
            if gap_id not in told:
                self._see(gap, known.get(gap_id), measured)
        for gap_id, tracked in known.items():
            if gap_id not in found and gap_id not in told:
                self._check(tracked, measured)

    def target(self, proposals: Mapping[str, int]) -> None:
        """Notes which gaps proposals aim at.

        Args:
            proposals: Gap id to the number of proposals; ids that are no gaps are passed over.
        """
        for gap_id, tracked in self.tracked().items():
            if proposals.get(gap_id) and tracked.state != "closed":
                evidence = {"proposals": proposals[gap_id]}
                self._write(gap_id, "targeted", tracked.record, "targeted", evidence)

    def settle(
        self,
        examples: Sequence[Example],
        before: Mapping[str, Outcome],
        after: Mapping[str, Outcome],
    ) -> None:
        """Closes the gaps that a promotion has closed.

        Args:
            examples: Search examples that neither found a gap nor bred the champion.
            before: Example to outcome under the champion replaced.
            after: Example to outcome under the champion now in force.
        """
        for tracked in self.tracked().values():
            if tracked.state == "closed":
                continue
            fresh = [e for e in examples if e.id not in tracked.record.used]
            change = paired_change(tracked.record.gap, fresh, before, after)
            if change is None:
                continue
            used = [e.id for e in fresh if tracked.record.gap.covers(e) and e.id in after]
            self._judge(tracked, change, "tried", used)

    def _told(self) -> set[str]:
        events = self._store.gap_events(self._agent)
        return {event["gap_id"] for event in events if event["run_id"] == self._run_id}

    def _see(self, gap: Gap, known: TrackedGap | None, measured: Sequence[Observed]) -> None:
        reopens = known is not None and known.state == "closed" and gap.confirmed
        opens = known is None or reopens
        state: State = "reopened" if reopens else "open" if known is None else known.state
        record = Record(
            gap=gap,
            confirmed=gap.confirmed or (known is not None and known.record.confirmed),
            aim=gap.aim if known is None or reopens else known.record.aim,
            used=_joined(known.record.used if known else (), _inside(gap, measured)),
            closed=known.record.closed if known else None,
        )
        event = state if opens else "seen"
        self._write(gap.id, state, record, event, _evidence(gap))

    def _check(self, tracked: TrackedGap, measured: Sequence[Observed]) -> None:
        gap, record = tracked.record.gap, tracked.record
        if gap.kind in ("unreliable", "inefficient"):
            return  # repeats, and costs of other examples, cannot be compared between runs
        rows = [row for observed in measured for row in observed.rows if gap.covers(row[0])]
        if tracked.state == "closed" and record.closed is not None:
            change = change_between(record.closed, _counts(gap, rows))
            if rows and change.high < 0:
                self._write(gap.id, "reopened", record, "reopened", change.model_dump())
            return
        fresh = [row for row in rows if row[0].id not in record.used]
        # What a regression was measured against is not known for new examples.
        if fresh and tracked.state != "closed" and gap.kind == "failing":
            change = change_between((gap.failures, gap.n), _counts(gap, fresh))
            self._judge(tracked, change, "checked", [example.id for example, _ in fresh])

    def _judge(
        self, tracked: TrackedGap, change: Change, otherwise: str, used: Iterable[str]
    ) -> None:
        # Examples that were looked at once are spent, whatever they said: looked at again and
        # again at the same level, one of the looks would close the gap by chance.
        spent = _joined(tracked.record.used, used)
        record = tracked.record.model_copy(update={"used": spent})
        evidence = {**change.model_dump(), "aim": record.aim}
        if not change.closes(record.aim):
            self._write(tracked.id, tracked.state, record, otherwise, evidence)
            return
        closed = (round(change.after * change.n), change.n)
        closing = record.model_copy(update={"closed": closed})
        self._write(tracked.id, "closed", closing, "closed", evidence)

    def _write(
        self, gap_id: str, state: State, record: Record, event: str, evidence: Mapping[str, Any]
    ) -> None:
        self._store.put_gap(
            self._agent,
            gap_id,
            self._run_id,
            state=state,
            record=record.model_dump(mode="json"),
            event=event,
            evidence={**evidence, **self._links},
        )


def _tracked(row: Mapping[str, Any]) -> TrackedGap:
    try:
        return TrackedGap.model_validate(row)
    except ValidationError as error:
        raise StoreError(
            f"gap {row['id']} cannot be read: {error.errors()[0]['msg']}",
            where="table gaps",
            remedy="it was stored by another version of evogate; use that, or another workspace",
        ) from error


def _evidence(gap: Gap) -> dict[str, Any]:
    shown = ("n", "failures", "low", "high", "rest", "excess", "confirmed", "p_found")
    content = gap.model_dump(mode="json")
    return {name: content[name] for name in (*shown, "p_confirmed", "aim")}


def _inside(gap: Gap, measured: Sequence[Observed]) -> list[str]:
    rows = (example for observed in measured for example, _ in observed.rows)
    return [example.id for example in rows if gap.covers(example)]


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _counts(gap: Gap, rows: Sequence[tuple[Example, Outcome]]) -> tuple[int, int]:
    return sum(failed(gap, example, outcome) for example, outcome in rows), len(rows)
