"""The registry of one agent's champion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evo.champion.approval import PENDING, REFUSED, Approvals
from evo.champion.audit import audit, check_decision, check_extension, check_noted
from evo.champion.cascade import barred, check_ground
from evo.champion.evidence import check_evidence
from evo.champion.files import writers_lock
from evo.champion.folder import Folder
from evo.champion.journal import Entry, Journal
from evo.champion.pointer import MOVES, head_bytes, pointers, resolve_version
from evo.champion.probation import PASSED, STARTED, Probations
from evo.champion.removal import Removal, plan_removal
from evo.champion.version import Version
from genomes.errors import IntegrityError
from genomes.genome import Genome
from genomes.hashing import canonical_json, content_hash

_RESERVED = (*MOVES, "repair", PENDING, REFUSED, STARTED, PASSED)


class Registry:
    """Versions, ``HEAD`` and journal below ``champions/<agent>/``.

    A change writes the version, then the journal line, then moves ``HEAD``. The journal is the
    authority: if a kill came between the last two, opening the registry moves ``HEAD``. Safe for
    any number of processes; needs no store, model or network.

    Attributes:
        root: The agent's folder.
        approvals: Promotions that wait for a person.
        probations: What is being watched.

    Args:
        root: The agent's folder; made by ``init``.
        now: Clock, UTC.
    """

    def __init__(
        self, root: Path | str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.root = Path(root)
        self._folder = Folder(self.root, now)
        self.approvals = Approvals(self._folder)
        self.probations = Probations(self._folder)

    @property
    def journal(self) -> Journal:
        """The journal."""
        return self._folder.journal

    @property
    def initialised(self) -> bool:
        """Whether there is a champion."""
        return bool(pointers(self.journal.scan().entries))

    def init(self, genome: Genome, *, links: Mapping[str, Any] | None = None) -> Version:
        """Makes the seed the first version.

        Args:
            genome: The seed.
            links: JSON content that the journal line shall hold too.

        Raises:
            IntegrityError: There is a champion, or the remains of one.
        """
        (self.root / "versions").mkdir(parents=True, exist_ok=True)
        with self._folder.writing():
            if self.initialised or self.journal.scan().problems or self._folder.head() is not None:
                raise IntegrityError(
                    "there is a champion already",
                    where=str(self.root),
                    remedy="run against it, or name the agent differently",
                )
            version = Version.create(
                number=1, kind="seed", genome=genome, created=self._folder.time()
            )
            return self._folder.install("init", version, links or {})

    def promote(
        self,
        genome: Genome,
        decision: Mapping[str, Any],
        *,
        provenance: Mapping[str, Any],
        began: int | None = None,
    ) -> Version:
        """Puts a genome in force that the gate let through.

        Args:
            genome: The candidate.
            decision: The gate decision as JSON content.
            provenance: JSON content that links gap, proposal, run; under ``plan`` the plan of
                the attempt, from which the decision must follow.
            began: Number of the journal's line when the attempt began.

        Raises:
            IntegrityError: The decision is missing, not PROMOTE, about other genomes, or does not
                follow from its plan and its pairs (``evo.gate.confirm``); what
                the candidate was tried against was rolled back since, or is on probation; the
                candidate was rolled back before; or the registry was tampered with. Nothing is
                written then.
        """
        with self._folder.writing():
            return self._promote(genome, decision, provenance, began)

    def approve(self, attempt: str | None = None, *, reason: str) -> Version:
        """Puts a promotion in force that waits; all that ``promote`` checks is checked now.

        Args:
            attempt: The gate attempt; ``None`` for the only one that waits.
            reason: Why; kept in the version and the journal.

        Raises:
            ConfigError: No such attempt waits.
            IntegrityError: As for ``promote``; or it no longer waits.
        """
        with self._folder.writing():
            found = self.approvals.find(attempt)
            approval = {"reason": reason, "pending": found.entry.hash}
            provenance = {**found.entry.need("provenance"), "approval": approval}
            began = found.entry.payload.get("began")
            return self._promote(found.genome, found.evidence, provenance, began)

    def extend(self, genome: Genome, domains: Sequence[str], *, reason: str) -> Version:
        """Adds domains to the champion; no gate is needed, since all others stay byte-identical.

        Args:
            genome: The champion with the new domains; see ``genomes.extension``.
            domains: Names of the new domains.
            reason: Why; kept in the journal.

        Raises:
            IntegrityError: Without the new domains the genome is not the champion, or the
                registry was tampered with. Nothing is written then.
        """
        links = {"domains": list(domains), "reason": reason}
        with self._folder.writing():
            parent = self._folder.undisturbed()
            check_extension(genome, domains, parent.genome)
            version = self._next("extended", genome, parent, provenance=links)
            return self._folder.install("extend", version, links)

    def rollback(self, version: str | int | None = None, *, reason: str) -> Version:
        """Puts an earlier version in force again: the same file, so exactly the same content.

        Args:
            version: Number, id or unique beginning of an id; ``None`` for the one that the
                present version replaced.
            reason: Why; kept in the journal.

        Raises:
            IntegrityError: There is nothing to go back to, or the version's file was changed.
            ConfigError: No such version.
        """
        with self._folder.writing():
            moves = self._folder.moves()
            target, present = resolve_version(moves, version), moves[-1].version
            if target.version == present and self._folder.head() == head_bytes(present):
                raise IntegrityError(f"version {target.number} is already in force")
            return self._folder.go_back(target, reason)

    def removal(self, version: str | int) -> Removal:
        """What ``revert`` would do; writes nothing.

        Raises:
            IntegrityError: As for ``revert``.
            ConfigError: No such version.
        """
        return plan_removal(self._folder.moves(), self._folder.load, version)

    def revert(self, version: str | int, *, reason: str) -> Version:
        """Takes the change of one version out and keeps all others.

        The result was not judged by the gate as a whole; the new version says so. If an earlier
        version holds just that genome, it is put in force again instead.

        Args:
            version: Number, id or unique beginning of an id.
            reason: Why; kept in the journal.

        Raises:
            IntegrityError: The change is not in force, is no promoted change, or later ones
                build on it (the genes are named); or the registry was tampered with. Nothing is
                written then.
            ConfigError: No such version.
        """
        with self._folder.writing():
            parent = self._folder.undisturbed()
            found = self.removal(version)
            if found.same is not None:
                why = f"without version {found.removed.number}: {reason}"
                return self._folder.go_back(found.same, why)
            said = found.provenance(reason)
            made = self._next("reverted", found.genome, parent, provenance=said)
            return self._folder.install("revert", made, said)

    def note(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Adds a line to the journal that moves nothing: a gap found, a proposal, a refusal.

        What names its ``run`` is written once: a resumed run comes to the same place again.

        Raises:
            ValueError: The kind is one that only the registry itself writes.
        """
        if kind in _RESERVED:
            raise ValueError(f"journal kind {kind!r} is reserved")
        self.root.mkdir(parents=True, exist_ok=True)
        with self._folder.writing():
            return self._noted(kind, payload) or self._folder.append(kind, payload)

    def knows(self, decision: Mapping[str, Any]) -> bool:
        """Whether this very decision was put in force or waited for approval, whatever came
        after."""
        wanted = content_hash(decision)
        return any(
            entry.kind in ("promote", PENDING) and entry.payload.get("decision") == wanted
            for entry in self.journal.entries()
        )

    def barred(self, genomes: Iterable[str]) -> str | None:
        """Why a candidate must not be put in force, in one sentence; ``None`` if it may.

        Args:
            genomes: Ids of the candidate and of the genomes that it was made from.
        """
        named = list(genomes)
        if any(self.approvals.was_rejected(genome) for genome in named[:1]):
            return f"genome {named[0][:12]} was rejected by a person"
        return barred(self.journal.entries(), named)

    def head(self) -> Version:
        """The version in force, by the end of the journal.

        Raises:
            IntegrityError: There is none, or its file or the end of the journal was changed.
        """
        return self._folder.load(self._folder.present().version)

    def version(self, version: str | int) -> Version:
        """A version by number, id or unique beginning of an id.

        Raises:
            ConfigError: No such version.
            IntegrityError: Its file was changed.
        """
        return self._folder.version(version)

    def lineage(self) -> tuple[Version, ...]:
        """The version in force and all that it came from, oldest first."""
        return tuple(self._folder.load(version) for version in reversed(self._folder.line()))

    def standing(self) -> frozenset[str]:
        """Ids of the genomes whose change is in force: not rolled back, nor taken out alone."""
        line = self.lineage()
        removed = {one.provenance.get("removed") for one in line if one.kind == "reverted"}
        return frozenset(one.genome.id for one in line if one.id not in removed)

    def history(self, last: int | None = None) -> tuple[Entry, ...]:
        """The journal, oldest first.

        Args:
            last: Only so many of the newest lines; found without reading the whole journal.

        Raises:
            IntegrityError: The chain is broken.
        """
        if last is None:
            return self.journal.entries()
        found = self.journal.newest(lambda some: len(some) >= last)
        return found[max(0, len(found) - last) :]

    def verify(self, head: str | None = None) -> tuple[str, ...]:
        """Checks every byte of versions, journal and ``HEAD``; empty if all is sound.

        Args:
            head: Hash of a journal line or version that was noted elsewhere. A restored old
                folder is sound in itself; it is found because it lacks what was noted.

        Raises:
            ConfigError: ``head`` can be no such hash.
        """
        if head is not None:
            check_noted(head)
        if not self.root.is_dir():
            return (f"there is no champion at {self.root}",)
        with writers_lock(self.root, shared=True):
            return audit(self.root, self.journal, head)

    def _promote(
        self,
        genome: Genome,
        decision: Mapping[str, Any],
        provenance: Mapping[str, Any],
        began: int | None,
    ) -> Version:
        parent = self._folder.undisturbed()
        entries = self.journal.entries()
        check_ground(entries, began)
        check_decision(decision, genome.id, parent.genome.id)
        check_evidence(decision, provenance, genome, parent.genome)
        proposal = provenance.get("proposal")
        parents = proposal.get("parents", ()) if isinstance(proposal, Mapping) else ()
        if (why := barred(entries, [genome.id, *parents])) is not None:
            raise IntegrityError(why, remedy="to put it in force again by hand: champion rollback")
        version = self._next(
            "promoted", genome, parent, decision=dict(decision), provenance=dict(provenance)
        )
        return self._folder.install("promote", version, _links(decision, provenance))

    def _next(self, kind: str, genome: Genome, parent: Version, **content: Any) -> Version:
        return Version.create(
            number=self._folder.next_number(),
            kind=kind,
            genome=genome,
            parent=parent.id,
            created=self._folder.time(),
            **content,
        )

    def _noted(self, kind: str, payload: Mapping[str, Any]) -> Entry | None:
        if "run" not in payload:
            return None
        wanted = canonical_json(payload)
        same = (
            entry
            for entry in self.journal.entries()
            if entry.kind == kind and canonical_json(entry.payload) == wanted
        )
        return next(same, None)


def _links(decision: Mapping[str, Any], provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What a promotion's journal line says of its evidence; all of it is in the version."""
    named = ("verdict", "reason", "attempt_id", "plan_hash")
    return {
        **{name: decision[name] for name in named if name in decision},
        "decision": content_hash(decision),
        "provenance": {name: one for name, one in provenance.items() if name != "plan"},
    }
