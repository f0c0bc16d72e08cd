"""Cuts a gate suite into shards and picks the one that an attempt may spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evo.gate.attempt import AttemptRecord
from evo.gate.order import clusters_of
from fitness.suites import Example, Suite
from genomes.errors import IntegrityError
from genomes.hashing import content_hash


def shards(suite: Suite, size: int) -> tuple[Suite, ...]:
    """Cuts a suite into shards of at least ``size`` examples; a smaller suite is one shard.

    Clusters stay whole. The cut depends on the hashes of the cluster ids, not on the order of the
    examples, so re-ordering or renaming a file gives the same shards with the same content hash.
    """
    groups = sorted(clusters_of(suite), key=lambda group: content_hash(group[0].cluster))
    wanted = max(len(suite) // size, 1)
    parts: list[list[Example]] = [[]]
    for group in groups:
        taken = sum(len(part) for part in parts)
        if taken * wanted >= len(parts) * len(suite) and len(parts) < wanted:
            parts.append([])
        parts[-1].extend(group)
    return tuple(
        replace(suite, name=f"{suite.name}#{number}", examples=tuple(part))
        for number, part in enumerate(parts, start=1)
    )


def choose_shard(
    history: Sequence[AttemptRecord],
    parts: Sequence[Suite],
    *,
    candidate_id: str,
    max_attempts: int = 5,
) -> Suite | None:
    """The first shard that may still judge this candidate.

    Args:
        history: All attempts of the workspace: shards are known by content, so another name of
            the agent or lineage does not make them fresh.
        parts: The shards.
        candidate_id: Content hash of the candidate.
        max_attempts: Attempts after which a shard retires; one promotion retires it too, because
            the new champion was chosen on it.

    Returns:
        The shard, or ``None`` if none is left.

    Raises:
        IntegrityError: The same content was rejected before.
    """
    rejected = [a for a in history if a.candidate_id == candidate_id and a.verdict == "REJECT"]
    if rejected:
        raise IntegrityError(
            f"candidate {candidate_id[:12]} was rejected in attempt {rejected[-1].attempt_id}",
            remedy="the same content is never tested again; propose a change",
        )
    for part in fresh_shards(history, parts, max_attempts=max_attempts):
        if all(a.shard_hash != part.hash or a.candidate_id != candidate_id for a in history):
            return part
    return None


def fresh_shards(
    history: Sequence[AttemptRecord], parts: Sequence[Suite], *, max_attempts: int = 5
) -> tuple[Suite, ...]:
    """The shards that have not retired."""
    return tuple(part for part in parts if attempts_on(history, part, max_attempts) > 0)


def attempts_on(history: Sequence[AttemptRecord], part: Suite, max_attempts: int) -> int:
    """Attempts that a shard still allows."""
    past = [a for a in history if a.shard_hash == part.hash and a.alpha > 0.0]
    if any(attempt.verdict == "PROMOTE" for attempt in past):
        return 0
    return max(max_attempts - len(past), 0)
