"""What the journals know of gate attempts, so that a lost store renews no error budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evo.champion.journal import Entry, Journal
from evo.config import Config
from evo.gate import AttemptRecord
from evo.gate.attempts import AttemptStore, history
from evo.storage import Store
from genomes.errors import IntegrityError

ATTEMPT = "attempt"
"""Kind of the journal line that is written before an attempt looks at anything."""


def ledger(
    store: AttemptStore, champions: Path, first: int | None = None
) -> tuple[AttemptRecord, ...]:
    """All attempts that the store or a journal knows, oldest first.

    A store that was deleted, or put back to an older state, lacks attempts; their shares and
    examples stay used, because the journals of the champions name them.

    Args:
        store: Where attempts are kept.
        champions: The folder of all champions.
        first: Only so many of the store's oldest.

    Raises:
        IntegrityError: Journal and store disagree, or a journal names an attempt of which nothing
            else is known.
    """
    kept = history(store)
    known = {one.attempt_id: one for one in kept}
    told = {one.attempt_id: one for one in journaled(champions, known)}
    # The order of the journal says which share was passed on to whom.
    past = {one.attempt_id: one for one in kept if one.attempt_id not in told} | told | known
    later = set() if first is None else {one.attempt_id for one in kept[first:]}
    return tuple(one for name, one in past.items() if name not in later)


def past_attempts(config: Config, first: int | None = None) -> tuple[AttemptRecord, ...]:
    """As ``ledger``, of a workspace whose store may not be there."""
    if not config.store_path.is_file():
        return journaled(config.champions_path, {})
    with Store(config.store_path) as store:
        return ledger(store, config.champions_path, first)


def journaled(champions: Path, known: Mapping[str, AttemptRecord]) -> tuple[AttemptRecord, ...]:
    """The attempts that the journals of all champions name, in order.

    Args:
        champions: The folder of all champions.
        known: Id of an attempt to what the store holds of it.

    Raises:
        IntegrityError: As for ``ledger``.
    """
    paths = sorted(champions.glob("*/journal.jsonl"))
    return tuple(one for path in paths for one in _of(path, Journal(path).entries(), known))


def begun(record: AttemptRecord, run: str) -> dict[str, Any]:
    """The payload of the line that is written before an attempt looks at anything."""
    return {"run": run, "record": record.model_dump(mode="json", exclude={"verdict"})}


def _of(
    path: Path, entries: Sequence[Entry], known: Mapping[str, AttemptRecord]
) -> Iterator[AttemptRecord]:
    ends = {one.payload.get("attempt"): one for one in entries if one.kind == "validate"}
    told: set[str] = set()
    for entry in entries:
        if entry.kind == ATTEMPT:
            record = _record(path, entry, ends)
            told.add(record.attempt_id)
            _check_agreement(path, record, ends, known)
            yield record
    for name, entry in ends.items():
        if name not in told and name not in known:
            raise IntegrityError(
                f"the journal names gate attempt {name!r} (line {entry.seq}), which the store "
                "lacks: how much of the error budget it used is not known",
                where=str(path),
                remedy="restore runs/evo.db from a copy; or begin a new champion, under another "
                "name and with new gate examples",
            )


def _record(path: Path, entry: Entry, ends: Mapping[Any, Entry]) -> AttemptRecord:
    content = entry.need("record")
    try:
        record = AttemptRecord.model_validate({**content, "verdict": "INDECISIVE"})
        end = ends.get(record.attempt_id)
        said = {} if end is None else {"verdict": end.need("verdict")}
        # What ended without a look has used nothing.
        said |= {} if end is None or "alpha" not in end.payload else {"alpha": end.need("alpha")}
        return AttemptRecord.model_validate({**record.model_dump(), **said})
    except (ValidationError, TypeError) as error:
        raise IntegrityError(
            f"journal line {entry.seq} holds no gate attempt", where=str(path)
        ) from error


def _check_agreement(
    path: Path,
    record: AttemptRecord,
    ends: Mapping[Any, Entry],
    known: Mapping[str, AttemptRecord],
) -> None:
    """A run that was killed has perhaps decided without telling the journal; no more than that."""
    kept = known.get(record.attempt_id)
    if kept is None:
        return
    if record.attempt_id not in ends:
        record = record.model_copy(update={"verdict": kept.verdict, "alpha": kept.alpha})
    if kept != record:
        raise IntegrityError(
            f"store and journal disagree about gate attempt {record.attempt_id!r}",
            where=str(path),
            remedy="the journal is the authority: restore runs/evo.db from a copy",
        )
