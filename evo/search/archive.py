"""The archive: every genome that was measured on the whole search suite, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from evo.search.difficulty import difficulty
from evo.search.entry import Entry, Floats
from evo.search.selection import non_dominated, nsga2
from fitness.objectives import OBJECTIVES, Estimate, Objective
from fitness.outcome import Outcome

_NEAR = 4
"""Entries looked at for parents, as a multiple of the parents wanted."""


class Archive:
    """Keeps entries, and says which are parents, which are on the front, which is best.

    Args:
        example_ids: The search examples in use; entries are compared on these.
        objectives: Axes and limits; an entry that breaks a limit stays on record, but is no
            parent, no finalist and no candidate.
    """

    def __init__(
        self, example_ids: Sequence[str], objectives: Sequence[Objective] = OBJECTIVES
    ) -> None:
        self.example_ids = tuple(example_ids)
        self.objectives = tuple(objectives)
        self._axes = tuple(one for one in objectives if one.axis)
        self._limits = tuple(one for one in objectives if one.limited)
        self.entries: dict[str, Entry] = {}
        self.confirmed: set[str] = set()
        self._prior: float | None = None
        self._difficulty: Mapping[str, float] | None = None

    def add(self, entry: Entry) -> None:
        """Adds or replaces (more evidence for the same genome)."""
        self.entries[entry.genome.id] = entry
        self._prior = self._difficulty = None

    def take(self, genome_id: str) -> Entry:
        """Removes an entry and gives it."""
        self._prior = self._difficulty = None
        return self.entries.pop(genome_id)

    def confirm(self, entry: Entry) -> None:
        """Adds a finalist that met all reserve examples; those are compared with each other."""
        self.confirmed.add(entry.genome.id)
        self.add(entry)

    def with_regression(self, genome_id: str, domain: str, outcomes: Sequence[Outcome]) -> None:
        """Adds evidence from a regression domain."""
        entry = self.entries[genome_id]
        self.add(replace(entry, regression={**entry.regression, domain: outcomes}))

    def merit(self, entry: Entry) -> float:
        """Mean blended score on all examples seen, shrunk toward the archive's mean."""
        if self._prior is None:
            means = [self._level(one) for one in self.entries.values()]
            self._prior = float(np.mean(means)) if means else 0.5
        return Estimate(self._level(entry), 0.0, entry.quality.n).shrunk(self._prior)

    def _level(self, entry: Entry) -> float:
        """Its mean; where it met fresh examples that others did not, less what those give away."""
        if len(entry.outcomes) <= len(self.example_ids) or self._confirmed(entry):
            return entry.mean
        if self._difficulty is None:
            open_ones = [e for e in self.entries.values() if not self._confirmed(e)]
            self._difficulty = difficulty(open_ones, self.example_ids)
        given = np.array([self._difficulty.get(i, 0.0) for i in entry.outcomes])
        return float(np.nanmean(entry.soft(list(entry.outcomes)) - given))

    def ranked(self, among: Iterable[Entry] | None = None) -> list[Entry]:
        """Entries, best first, those that break a limit last and by how far (Deb 2000); ties in
        order of arrival.

        Finalists come before the others, whose means are over other examples and flattered by
        having been selected on them.

        Args:
            among: Only these; ``None`` for all.
        """
        entries = self.entries.values() if among is None else among
        return sorted(
            entries,
            key=lambda e: (-self._excess(e), self._confirmed(e), self.merit(e)),
            reverse=True,
        )

    def broken(self, entry: Entry) -> tuple[str, ...]:
        """The limits that an entry breaks, in words. Other domains that it was not measured in
        yet break none: the gate has its own test for them."""
        return tuple(
            words
            for one in self._limits
            if one.name != "regression" or entry.regression
            if (words := one.broken(entry.value(one.name))) is not None
        )

    def _excess(self, entry: Entry) -> float:
        held = (one for one in self._limits if one.name != "regression" or entry.regression)
        return sum(one.excess(entry.value(one.name)) for one in held)

    def allowed(self, entry: Entry) -> bool:
        """Whether an entry keeps every limit."""
        return not self.broken(entry)

    def _confirmed(self, entry: Entry) -> bool:
        return entry.genome.id in self.confirmed

    def values(self, entries: Sequence[Entry]) -> Floats:
        """(n, k) objective values, one column an axis, in the order of the objectives. What is
        unknown of an entry counts as the worst that is known of the others."""
        rows = [[self._value(one.name, e) for one in self._axes] for e in entries]
        values = np.array(rows, dtype=float).reshape(len(entries), len(self._axes))
        for column, one in zip(values.T, self._axes, strict=True):
            unknown = np.isnan(column)
            known = column[~unknown]
            if unknown.any():
                worst = known.max if one.direction == "minimise" else known.min
                column[unknown] = worst() if known.size else 0.0
        return values

    def _value(self, name: str, entry: Entry) -> float:
        if name == "quality":
            return self.merit(entry)
        if name == "regression":
            return entry.regressions
        if name == "cost":
            return entry.cost
        value = entry.value(name)
        return np.nan if value is None else value

    def front(self) -> list[Entry]:
        """Non-dominated entries that keep the limits, in order of arrival."""
        entries = [entry for entry in self.entries.values() if self.allowed(entry)]
        return [entries[i] for i in non_dominated(self.values(entries), self._axes)]

    def parents(self, k: int, among: Iterable[Entry] | None = None) -> list[Entry]:
        """``k`` parents that keep the limits: the better half by merit (elitist), the others by
        NSGA-II among those not clearly worse than the best, so that trade-offs live but cheap
        failures do not. While nobody keeps the limits, those least beyond them.

        Args:
            k: How many, if there are as many.
            among: Only these; ``None`` for all.
        """
        everybody = self.ranked(among)
        ranked = [entry for entry in everybody if self.allowed(entry)]
        if not ranked:
            return everybody[:k]
        elite = ranked[: (k + 1) // 2]
        bar = self.merit(ranked[0]) - 2 * ranked[0].quality.se
        # Sorting a front costs the square of its size: what is far behind need not be sorted.
        near = ranked[len(elite) : _NEAR * k]
        rest = [entry for entry in near if self.merit(entry) >= bar]
        chosen = nsga2(self.values(rest), k - len(elite), self._axes) if rest else []
        return [*elite, *(rest[i] for i in chosen)]

    def scores(self, entries: Sequence[Entry]) -> Floats:
        """(n_entries, n_examples) blended scores on the examples in use."""
        return np.stack([entry.soft(self.example_ids) for entry in entries])
