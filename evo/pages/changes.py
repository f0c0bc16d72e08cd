"""What the champion has that the seed has not, ready for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evo.pages.records import RunRecords
from genomes import Genome, diff
from genomes.diff import word_pieces
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evo.storage import Store

_TEXTS = ("text", "template")


@dataclass(frozen=True)
class Change:
    """One line of the diff.

    Attributes:
        sign: ``+`` added, ``-`` removed, ``~`` changed.
        name: Gene and field.
        pieces: (kept ``=``, removed ``-`` or added ``+``, text) in reading order.
    """

    sign: str
    name: str
    pieces: tuple[tuple[Literal["=", "-", "+"], str], ...]


@dataclass(frozen=True)
class Comparison:
    """The champion of a run against the seed.

    Attributes:
        seed: The seed.
        champion: The version that was in force at the end of the run.
        changes: What leads from one to the other; empty if they are equal.
    """

    seed: Genome
    champion: Genome
    changes: tuple[Change, ...]


def comparison(store: Store, records: RunRecords) -> Comparison | None:
    """Champion against seed; ``None`` if the store does not hold both (an unfinished run)."""
    seed = _genome(store, _seed_id(records))
    champion = _genome(store, _champion_id(records))
    if seed is None or champion is None:
        return None
    return Comparison(seed, champion, changes(seed, champion))


def changes(before: Genome, after: Genome) -> tuple[Change, ...]:
    """The diff of ``evogate genome diff`` with texts cut into pieces."""
    return tuple(
        Change(
            one.sign,
            f"{one.gene}.{one.field}",
            _pieces(one.field, one.before, one.after),
        )
        for one in diff(before, after)
    )


def _pieces(
    field: str, before: str | None, after: str | None
) -> tuple[tuple[Literal["=", "-", "+"], str], ...]:
    if field in _TEXTS and before is not None and after is not None:
        return tuple(word_pieces(before, after))
    gone: tuple[tuple[Literal["-"], str], ...] = () if before is None else (("-", before),)
    come: tuple[tuple[Literal["+"], str], ...] = () if after is None else (("+", after),)
    return (*gone, *come)


def _seed_id(records: RunRecords) -> str | None:
    return _arm(records, "seed") or next(
        (point.genome_id for point in records.history if point.is_seed), None
    )


def _champion_id(records: RunRecords) -> str | None:
    stated: Mapping[str, Any] = records.summary.get("champion") or {}
    return stated.get("genome_id") or next(
        (point.genome_id for point in records.points if point.is_champion), None
    )


def _arm(records: RunRecords, name: str) -> str | None:
    arms = records.summary.get("arms") or []
    return next((arm["genome_id"] for arm in arms if arm["name"] == name), None)


def _genome(store: Store, genome_id: str | None) -> Genome | None:
    if genome_id is None:
        return None
    try:
        return store.get_genome(genome_id)
    except ConfigError:  # the run did not get as far as storing it; the page then says so
        return None
