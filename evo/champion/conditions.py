"""Under which conditions evidence was gained, and whether they still hold (R30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evo.champion.journal import Entry
from genomes.errors import IntegrityError

KEY = "conditions"
"""Key of a journal payload that holds conditions."""

REBASELINE = "rebaseline"
"""Kind of the journal line that says that they changed."""


def conditions(fingerprint: str, suites: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Conditions as JSON content.

    Args:
        fingerprint: Of the agent, its model included.
        suites: (name, hash) of every suite of the task.
    """
    return {"fingerprint": fingerprint, "suites": dict(sorted(suites))}


def merged(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What is known now: a suite that a run leaves out is as it was seen last.

    So an agent whose domains are worked on in turn, each by a config of its own, does not lose
    its evidence at every turn.
    """
    suites = {**before["suites"], **now["suites"]}
    return conditions(now["fingerprint"], suites.items())


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What invalidates evidence, one sentence each; a suite that is only new does not."""
    found = []
    if before["fingerprint"] != now["fingerprint"]:
        found.append("the agent or its model changed")
    for name, digest in before["suites"].items():
        if now["suites"].get(name, digest) != digest:
            found.append(f"suite {name} changed")
    return tuple(found)


def latest(entries: Sequence[Entry]) -> Mapping[str, Any] | None:
    """The conditions that the journal noted last; ``None`` if it never did.

    Raises:
        IntegrityError: The line does not hold conditions.
    """
    return next((_noted(entry) for entry in reversed(entries) if KEY in entry.payload), None)


def _noted(entry: Entry) -> Mapping[str, Any]:
    found = entry.payload[KEY]
    content = found if isinstance(found, Mapping) else {}
    fingerprint, suites = content.get("fingerprint"), content.get("suites")
    whole = isinstance(suites, Mapping) and all(isinstance(one, str) for one in suites.values())
    if suites is None or not whole or not isinstance(fingerprint, str):
        raise IntegrityError(
            f"journal line {entry.seq} ({entry.kind}) holds no conditions under {KEY!r}",
            remedy="it needs a fingerprint, and suites with their hashes; restore the journal "
            "from a copy",
        )
    return conditions(fingerprint, suites.items())


def stale(entries: Sequence[Entry], version: str) -> tuple[str, ...] | None:
    """Why a version's evidence no longer holds; empty if it does.

    The evidence is what let the version in, gained under the conditions noted up to then. Going
    back to those conditions makes it valid again.

    Args:
        entries: The journal.
        version: Id of the version.

    Returns:
        ``None`` where the conditions were not noted: nobody can say.
    """
    upto = next(
        (i for i, one in enumerate(entries) if _lets_in(one) and one.payload["version"] == version),
        None,
    )
    now = latest(entries)
    then = None if upto is None else latest(entries[: upto + 1])
    return None if now is None or then is None else changes(then, now)


def _lets_in(entry: Entry) -> bool:
    return entry.kind in ("init", "promote", "extend")
