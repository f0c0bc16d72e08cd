"""Islands: populations that start anew, each twice as large as the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.search.archive import Archive
from evo.search.entry import Entry

_LEAST = 0.005
"""Gain of the best or the mean parent below which a population stands still, in points of
[0, 1]: the last steps of a population that converges are many and small."""


@dataclass
class Island:
    """One population. What it finds stays in the archive; who breeds is decided here.

    A small population converges after few calls, and often on the wrong peak. Starting again
    with twice the size finds the right size without knowing the landscape (Harik & Lobo 1999;
    Auger & Hansen 2005), and costs little where the first one was enough.

    Attributes:
        number: 0, 1, 2, ...
        size: Genomes kept as parents.
        generation: Generations so far.
        stalled: Generations in a row in which neither the best nor the mean parent improved.
        members: Ids of the entries that were born here or came from other islands.
        joined: Whether the best of other islands have come.
    """

    number: int
    size: int
    generation: int = 0
    stalled: int = 0
    members: list[str] = field(default_factory=list)
    joined: bool = False
    _level: tuple[float, float] = (-np.inf, -np.inf)

    def next(self) -> Island:
        """The island after this one."""
        return Island(self.number + 1, 2 * self.size)

    def join(self, archive: Archive) -> bool:
        """Lets the best of the other islands come, once, when this one stands still: alone they
        found different parts of what is good. ``False`` if nobody came.

        Args:
            archive: What all islands found.
        """
        here = set(self.members)
        strangers = [e for e in archive.entries.values() if e.genome.id not in here]
        come = [] if self.joined else archive.ranked(strangers)[: self.size // 2]
        self.joined = True
        self.members += [entry.genome.id for entry in come]
        if come:
            self.stalled = 0
        return bool(come)

    def rename(self, old: str, new: str) -> None:
        """Follows a member whose reading genes were fitted anew."""
        self.members = [new if one == old else one for one in self.members]

    def entries(self, archive: Archive) -> list[Entry]:
        """Its members, in order of birth."""
        return [archive.entries[i] for i in self.members if i in archive.entries]

    def parents(self, archive: Archive) -> list[Entry]:
        """Its best members, at most ``size``."""
        return archive.parents(self.size, self.entries(archive))

    def rivals(self, archive: Archive) -> list[Entry]:
        """Those that a child must not be clearly behind; empty while there is room."""
        kept = (entry for entry in self.entries(archive) if archive.allowed(entry))
        best = archive.ranked(kept)[: self.size]
        return best if len(best) == self.size else []

    def age(self, parents: Sequence[Entry]) -> None:
        """Ends a generation: notes whether the population still moves."""
        means = [entry.mean for entry in parents] or [-np.inf]
        best, mean = max(means), float(np.mean(means))
        moved = best > self._level[0] + _LEAST or mean > self._level[1] + _LEAST
        self._level = (max(best, self._level[0]), max(mean, self._level[1]))
        self.stalled = 0 if moved else self.stalled + 1
        self.generation += 1
