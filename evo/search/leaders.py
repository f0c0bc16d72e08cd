"""A second look at the leaders: fresh examples for those that look best, instead of children.

The best of many looks better than it is, because it was picked on the examples that it was
measured on. Fresh examples tell the leaders apart; all leaders meet the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evo.search.archive import Archive
from evo.search.entry import Entry

LEADERS = 3
"""How many of the best meet the same fresh examples: two may both be lucky."""


def leaders(archive: Archive, members: Iterable[Entry]) -> list[Entry]:
    """The best members, best first; fewer than two are none, for nothing is to be told apart."""
    best = [e for e in archive.ranked(members) if archive.allowed(e)][:LEADERS]
    return best if len(best) > 1 else []


def next_end(best: Sequence[Entry], step: int, reach: int) -> int | None:
    """Where the next look at them ends, in examples from the start of the suite.

    Args:
        best: The leaders.
        step: Fresh examples of a look.
        reach: Examples that there are.

    Returns:
        The end, so that those measured least go ``step`` on; ``None`` if nothing is left.
    """
    seen = min((len(entry.outcomes) for entry in best), default=reach)
    return min(seen + step, reach) if seen < reach else None


def worth(archive: Archive, before: Entry, after: Iterable[Entry]) -> float:
    """What a look gained: the merit of who leads now less that of who led before, both as known
    now. 0 if the leader stayed.

    Args:
        archive: With the new evidence.
        before: The earlier leader as it is known now.
        after: Those among whom the leader is.
    """
    return max((archive.merit(entry) for entry in after), default=0.0) - archive.merit(before)
