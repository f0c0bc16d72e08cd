"""The registry of one agent's champion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from evo.champion.audit import audit, check_decision, check_extension
from evo.champion.files import remove_temporaries, write_whole, writers_lock
from evo.champion.journal import Entry, Journal
from evo.champion.pointer import Pointer, head_bytes, pointers, resolve_version
from evo.champion.version import Version
from genomes.errors import IntegrityError
from genomes.genome import Genome
from genomes.hashing import canonical_json, content_hash

_RESERVED = ("init", "promote", "extend", "rollback", "repair")


class Registry:
    """Versions, ``HEAD`` and journal below ``champions/<agent>/``.

    A change writes the version, then the journal line, then moves ``HEAD``. The journal is the
    authority: if a kill came between the last two, opening the registry moves ``HEAD``. Safe for
    any number of processes; needs no store, model or network.

    Args:
        root: The agent's folder; made by ``init``.
        now: Clock, UTC.
    """

    def __init__(
        self, root: Path | str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.root = Path(root)
        self.journal = Journal(self.root / "journal.jsonl")
        self._now = now
        if self._head_lags():
            with writers_lock(self.root):
                self._move_lagging_head()

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
        with writers_lock(self.root):
            self._finish()
            if self.initialised or self.journal.scan().problems or self._head_path.exists():
                raise IntegrityError(
                    "there is a champion already",
                    where=str(self.root),
                    remedy="run against it, or name the agent differently",
                )
            version = Version.create(number=1, kind="seed", genome=genome, created=self._time())
            return self._install("init", version, links or {})

    def promote(
        self, genome: Genome, decision: Mapping[str, Any], *, provenance: Mapping[str, Any]
    ) -> Version:
        """Puts a genome in force that the gate let through.

        Args:
            genome: The candidate.
            decision: The gate decision as JSON content; at least ``verdict``, ``candidate_id``
                and ``champion_id``.
            provenance: JSON content that links gap, proposal, run.

        Raises:
            IntegrityError: The decision is missing, not PROMOTE, or about other genomes; or the
                registry was tampered with. Nothing is written then.
        """
        with writers_lock(self.root):
            self._finish()
            parent = self._undisturbed_head()
            check_decision(decision, genome.id, parent.genome.id)
            version = Version.create(
                number=1 + max(pointer.number for pointer in self._pointers()),
                kind="promoted",
                genome=genome,
                decision=dict(decision),
                provenance=dict(provenance),
                parent=parent.id,
                created=self._time(),
            )
            return self._install("promote", version, _links(decision, provenance))

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
        with writers_lock(self.root):
            self._finish()
            parent = self._undisturbed_head()
            check_extension(genome, domains, parent.genome)
            version = Version.create(
                number=1 + max(pointer.number for pointer in self._pointers()),
                kind="extended",
                genome=genome,
                provenance={"domains": list(domains), "reason": reason},
                parent=parent.id,
                created=self._time(),
            )
            return self._install("extend", version, {"domains": list(domains), "reason": reason})

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
        with writers_lock(self.root):
            self._finish()
            present = self._pointers()[-1]
            target = resolve_version(self._pointers(), version)
            if target.version == present.version and self._head() == head_bytes(present.version):
                raise IntegrityError(f"version {target.number} is already in force")
            restored = self.version(target.version)
            payload = {**target.payload(), "from": present.version, "reason": reason}
            self.journal.append("rollback", payload, self._time())
            write_whole(self._head_path, head_bytes(restored.id))
            return restored

    def note(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Adds a line to the journal that moves nothing: a gap found, a proposal, a refusal.

        What names its ``run`` is written once: a resumed run comes to the same place again.

        Raises:
            ValueError: The kind is one that only the registry itself writes.
        """
        if kind in _RESERVED:
            raise ValueError(f"journal kind {kind!r} is reserved")
        self.root.mkdir(parents=True, exist_ok=True)
        with writers_lock(self.root):
            self._finish()
            return self._noted(kind, payload) or self.journal.append(kind, payload, self._time())

    def has_promoted(self, decision: Mapping[str, Any]) -> bool:
        """Whether this very decision was put in force, whatever came after."""
        wanted = content_hash(decision)
        return any(
            entry.kind == "promote" and entry.payload.get("decision") == wanted
            for entry in self.journal.entries()
        )

    def head(self) -> Version:
        """The version in force, by the journal.

        Raises:
            IntegrityError: There is none, or its file or the journal was changed.
        """
        return self.version(self._pointers()[-1].version)

    def version(self, version: str | int) -> Version:
        """A version by number, id or unique beginning of an id.

        Raises:
            ConfigError: No such version.
            IntegrityError: Its file was changed.
        """
        return Version.load(self._version_path(resolve_version(self._pointers(), version).version))

    def history(self) -> tuple[Entry, ...]:
        """The journal, oldest first.

        Raises:
            IntegrityError: The chain is broken.
        """
        return self.journal.entries()

    def verify(self, head: str | None = None) -> tuple[str, ...]:
        """Checks every byte of versions, journal and ``HEAD``; empty if all is sound.

        Args:
            head: Hash of a journal line or version that was noted elsewhere. A restored old
                folder is sound in itself; it is found because it lacks what was noted.
        """
        if not self.root.is_dir():
            return (f"there is no champion at {self.root}",)
        with writers_lock(self.root, shared=True):
            return audit(self.root, self.journal, head)

    @property
    def _head_path(self) -> Path:
        return self.root / "HEAD"

    def _version_path(self, version_id: str) -> Path:
        return self.root / "versions" / f"{version_id}.json"

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")

    def _head(self) -> bytes | None:
        return self._head_path.read_bytes() if self._head_path.exists() else None

    def _pointers(self) -> list[Pointer]:
        found = pointers(self.journal.entries())
        if not found:
            raise IntegrityError(
                "there is no champion yet", where=str(self.root), remedy="start with a run"
            )
        return found

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

    def _undisturbed_head(self) -> Version:
        head = self.head()
        if self._head() != head_bytes(head.id):
            raise IntegrityError(
                "HEAD is not what the journal says",
                where=str(self._head_path),
                remedy=f"if the journal is right: rollback to version {head.number}",
            )
        return head

    def _install(
        self,
        kind: Literal["init", "promote", "extend"],
        version: Version,
        links: Mapping[str, Any],
    ) -> Version:
        remove_temporaries(self.root)
        remove_temporaries(self.root / "versions")
        write_whole(self._version_path(version.id), version.stored())
        payload = {**links, **Pointer.to(version).payload()}
        self.journal.append(kind, payload, version.created)
        write_whole(self._head_path, head_bytes(version.id))
        return version

    def _head_lags(self) -> bool:
        """Whether a kill came between a journal line and the move of ``HEAD``.

        Anything that no kill explains is left for ``verify`` to find.
        """
        try:
            found = [pointer.version for pointer in pointers(self.journal.scan().entries)]
        except IntegrityError:
            return False
        if not found or self._head() == head_bytes(found[-1]):
            return False
        return self._head() == (head_bytes(found[-2]) if len(found) > 1 else None)

    def _move_lagging_head(self) -> None:
        if self._head_lags():
            write_whole(self._head_path, head_bytes(self._pointers()[-1].version))

    def _finish(self) -> None:
        """Finishes or takes back what a killed writer began."""
        self._move_lagging_head()
        scan = self.journal.scan()
        found = pointers(scan.entries)
        # A line is finished before HEAD moves: only then is an unfinished one a kill's work.
        if scan.torn and self._head() == (head_bytes(found[-1].version) if found else None):
            self.journal.cut_torn_line(self._time())


def _links(decision: Mapping[str, Any], provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What a promotion's journal line says of its evidence; all of it is in the version."""
    named = ("verdict", "reason", "attempt_id", "plan_hash")
    return {
        **{name: decision[name] for name in named if name in decision},
        "decision": content_hash(decision),
        "provenance": dict(provenance),
    }
