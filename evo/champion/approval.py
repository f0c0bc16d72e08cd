"""The approval switch: a decided promotion waits until a person says yes or no (R5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from evo.champion.audit import check_decision
from evo.champion.evidence import check_evidence
from evo.champion.folder import Folder
from evo.champion.journal import Entry
from evo.champion.pointer import pointers
from genomes.errors import ConfigError, IntegrityError, PendingError
from genomes.genome import Genome
from genomes.hashing import content_hash

PENDING = "pending"
REFUSED = "refused_by_person"

State = Literal["open", "superseded", "approved", "rejected"]


@dataclass(frozen=True)
class Pending:
    """A promotion that the gate decided and that waits, or waited, for approval.

    Attributes:
        attempt: The gate attempt.
        state: ``open``; ``superseded`` while another genome than the one that it was tried
            against is in force; ``approved``; ``rejected``.
        entry: The journal line that holds genome, decision and provenance.
    """

    attempt: str
    state: State
    entry: Entry

    @property
    def genome(self) -> Genome:
        """The candidate.

        Raises:
            IntegrityError: The line holds none.
        """
        try:
            return Genome.model_validate(self.entry.need("genome"))
        except ValidationError as error:
            raise IntegrityError(
                f"journal line {self.entry.seq} holds no genome that could be approved"
            ) from error

    @property
    def evidence(self) -> dict[str, Any]:
        """The gate decision as JSON content."""
        content: dict[str, Any] = self.entry.need("evidence")
        return content

    def row(self) -> dict[str, Any]:
        """Short JSON content."""
        return {
            "attempt": self.attempt,
            "state": self.state,
            "since": self.entry.time,
            "genome_id": self.entry.need("genome_id"),
            "run": self.entry.need("provenance").get("run"),
            "reason": self.evidence.get("reason"),
        }


class Approvals:
    """Promotions that wait; see ``Registry.approvals``. Approving is a promotion: ``Registry``.

    Args:
        folder: The champion's folder.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def all(self) -> tuple[Pending, ...]:
        """All that ever waited, oldest first."""
        return _pendings(self._folder.journal.entries())

    def open(self) -> tuple[Pending, ...]:
        """Those that can still be approved."""
        return tuple(one for one in self.all() if one.state == "open")

    def is_open(self, attempt: str) -> bool:
        """Whether this attempt waits."""
        return any(one.attempt == attempt for one in self.open())

    def was_rejected(self, genome_id: str) -> bool:
        """Whether a person has refused this very genome."""
        return any(
            one.state == "rejected" and one.entry.need("genome_id") == genome_id
            for one in self.all()
        )

    def check_none(self, *, but: str | None = None) -> None:
        """Refuses to go on while a promotion waits.

        Args:
            but: A run whose own promotions do not count.

        Raises:
            PendingError: Names the attempt and what can be done.
        """
        for one in self.open():
            if but is None or one.entry.need("provenance").get("run") != but:
                raise PendingError(
                    f"attempt {one.attempt} was decided and waits for approval",
                    where=str(self._folder.root),
                    remedy=remedy(one.attempt),
                )

    def submit(
        self,
        genome: Genome,
        decision: Mapping[str, Any],
        *,
        provenance: Mapping[str, Any],
        began: int | None = None,
    ) -> Pending:
        """Lets a decided promotion wait, with all that it needs; once for each decision.

        Args:
            genome: The candidate.
            decision: The gate decision as JSON content.
            provenance: JSON content that links gap, proposal, run.
            began: Number of the journal's line when the attempt began.

        Raises:
            IntegrityError: The decision is missing, not PROMOTE, about other genomes, or does not
                follow from its plan and its pairs.
        """
        with self._folder.writing():
            head = self._folder.undisturbed()
            check_decision(decision, genome.id, head.genome.id)
            check_evidence(decision, provenance, genome, head.genome)
            digest = content_hash(decision)
            if not any(one.entry.need("decision") == digest for one in self.all()):
                content = {
                    "attempt": str(decision.get("attempt_id") or digest[:12]),
                    "decision": digest,
                    "genome_id": genome.id,
                    "genome": genome,
                    "evidence": dict(decision),
                    "provenance": dict(provenance),
                    "began": began,
                }
                self._folder.append(PENDING, content)
            return next(o for o in self.all() if o.entry.need("decision") == digest)

    def find(self, attempt: str | None) -> Pending:
        """The promotion that waits and is meant: by its attempt, or the only one.

        Raises:
            ConfigError: There is none, or several and none was named.
            IntegrityError: It no longer waits.
        """
        waiting = self.open()
        if attempt is None and len(waiting) == 1:
            return waiting[0]
        named = [one for one in self.all() if one.attempt == attempt]
        if not named:
            raise ConfigError(
                f"no attempt {attempt!r} waits" if attempt else f"{len(waiting)} attempts wait",
                remedy="waiting: " + (", ".join(one.attempt for one in waiting) or "none"),
            )
        if named[-1].state != "open":
            raise IntegrityError(
                f"attempt {named[-1].attempt} no longer waits: it is {named[-1].state}",
                remedy="a superseded one was tried against another champion; run again"
                if named[-1].state == "superseded"
                else None,
            )
        return named[-1]

    def reject(self, attempt: str | None, reason: str) -> Pending:
        """Refuses a promotion that waits; the version in force stays.

        Raises:
            ConfigError: As for ``find``.
            IntegrityError: As for ``find``.
        """
        with self._folder.writing():
            found = self.find(attempt)
            self._folder.append(
                REFUSED,
                {"attempt": found.attempt, "pending": found.entry.hash, "reason": reason},
            )
            return found


def remedy(attempt: str) -> str:
    """What can be done about an attempt that waits."""
    return f"evogate champion approve {attempt}, or: evogate champion reject {attempt}"


def _pendings(entries: Sequence[Entry]) -> tuple[Pending, ...]:
    approved = {e.payload.get("decision") for e in entries if e.kind == "promote"}
    rejected = {e.payload.get("pending") for e in entries if e.kind == REFUSED}
    moves = pointers(entries)
    head = moves[-1].genome if moves else None
    found = []
    for entry in entries:
        if entry.kind != PENDING:
            continue
        state: State = "open"
        if entry.need("decision") in approved:
            state = "approved"
        elif entry.hash in rejected:
            state = "rejected"
        elif entry.need("evidence").get("champion_id") != head:
            state = "superseded"
        found.append(Pending(entry.need("attempt"), state, entry))
    return tuple(found)
