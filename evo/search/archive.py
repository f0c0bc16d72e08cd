"""The archive: every genome that was measured on the whole search suite, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evo.proposers.proposal import Proposal
from evo.search.selection import non_dominated, nsga2
from fitness.objectives import (
    OBJECTIVES,
    Estimate,
    Objective,
    estimate,
    mean_of,
    mean_tokens,
)
from fitness.outcome import Outcome
from genomes import Genome, render

Floats = NDArray[np.float64]

_NEAR = 4
"""Entries looked at for parents, as a multiple of the parents wanted."""


@dataclass(frozen=True)
class Entry:
    """A measured genome.

    Attributes:
        proposal: Where it comes from; ``proposal.genome`` has its reading genes fitted.
        domain: The domain to improve.
        outcomes: Example id to outcome, target domain.
        regression: Domain name to outcomes, for the other domains measured so far.
    """

    proposal: Proposal
    domain: str
    outcomes: Mapping[str, Outcome]
    regression: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)

    @property
    def genome(self) -> Genome:
        """The genome."""
        return self.proposal.genome

    @cached_property
    def quality(self) -> Estimate:
        """Mean score on the examples seen."""
        return estimate(list(self.outcomes.values()))

    @cached_property
    def regressions(self) -> float:
        """Mean over the regression domains of the mean score; 0 without any."""
        means = [estimate(outcomes).mean for outcomes in self.regression.values()]
        return float(np.mean(means)) if means else 0.0

    @cached_property
    def cost(self) -> float:
        """Tokens per call in the target domain; where unknown the characters of the prompt, which
        are no fewer: what is not known must not look cheap."""
        return mean_tokens(list(self.outcomes.values())) or float(self.length)

    @cached_property
    def length(self) -> int:
        """Characters of prompt in the target domain."""
        return render(self.genome, self.domain).length

    def value(self, name: str) -> float | None:
        """Measured value of an objective by name; ``None`` if unknown."""
        if name == "quality":
            return self.quality.mean if self.quality.n else None
        if name == "regression":
            return self.regressions if self.regression else None
        if name == "length":
            return float(self.length)
        return mean_of(name, list(self.outcomes.values()))

    @cached_property
    def mean(self) -> float:
        """Mean blended score on all examples seen, not shrunk; 0 without any."""
        soft = self.soft(list(self.outcomes))
        return float(np.nanmean(soft)) if np.isfinite(soft).any() else 0.0

    def soft(self, example_ids: Sequence[str]) -> Floats:
        """(n,) scores blended with the margin's evidence, NaN where missing.

        A margin tells more than right or wrong: over few examples it separates genomes with
        less noise. See ``soft_scores``.
        """
        return soft_scores([self.outcomes[i] for i in example_ids])


def soft_scores(outcomes: Sequence[Outcome], hard_share: float = 0.5) -> Floats:
    """(n,) scores in [0, 1]; for labelled answers mixed with the logistic of margin over spread.

    Args:
        outcomes: (n,) outcomes of one genome.
        hard_share: Weight of right or wrong; the fewer the examples, the more the margin tells.
    """
    hard = np.array([np.nan if o.score is None else o.score for o in outcomes], dtype=float)
    margins = np.array([o.margin for o in outcomes], dtype=float)
    spread = float(margins.std())
    if spread == 0.0:
        return hard
    soft = 1.0 / (1.0 + np.exp(-np.clip(margins / (0.5 * spread), -30, 30)))
    return np.where(
        np.isnan(hard) | (margins == 0.0), hard, hard_share * hard + (1 - hard_share) * soft
    )


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
        self._prior: float | None = None

    def add(self, entry: Entry) -> None:
        """Adds or replaces (more evidence for the same genome)."""
        self.entries[entry.genome.id] = entry
        self._prior = None

    def take(self, genome_id: str) -> Entry:
        """Removes an entry and gives it."""
        self._prior = None
        return self.entries.pop(genome_id)

    def with_regression(self, genome_id: str, domain: str, outcomes: Sequence[Outcome]) -> None:
        """Adds evidence from a regression domain."""
        entry = self.entries[genome_id]
        self.add(replace(entry, regression={**entry.regression, domain: outcomes}))

    def merit(self, entry: Entry) -> float:
        """Mean blended score on all examples seen, shrunk toward the archive's mean."""
        if self._prior is None:
            means = [one.mean for one in self.entries.values()]
            self._prior = float(np.mean(means)) if means else 0.5
        return Estimate(entry.mean, 0.0, entry.quality.n).shrunk(self._prior)

    def ranked(self, among: Iterable[Entry] | None = None) -> list[Entry]:
        """Entries, best first, those that break a limit last; ties in order of arrival.

        Finalists come before the others, whose means are over other examples and flattered by
        having been selected on them.

        Args:
            among: Only these; ``None`` for all.
        """
        entries = self.entries.values() if among is None else among
        return sorted(
            entries,
            key=lambda e: (self.allowed(e), self._confirmed(e), self.merit(e)),
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

    def allowed(self, entry: Entry) -> bool:
        """Whether an entry keeps every limit."""
        return not self.broken(entry)

    def _confirmed(self, entry: Entry) -> bool:
        return len(entry.outcomes) > len(self.example_ids)

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
        failures do not.

        Args:
            k: How many, if there are as many.
            among: Only these; ``None`` for all.
        """
        ranked = [entry for entry in self.ranked(among) if self.allowed(entry)]
        elite = ranked[: (k + 1) // 2]
        bar = self.merit(ranked[0]) - 2 * ranked[0].quality.se if ranked else 0.0
        # Sorting a front costs the square of its size: what is far behind need not be sorted.
        near = ranked[len(elite) : _NEAR * k]
        rest = [entry for entry in near if self.merit(entry) >= bar]
        chosen = nsga2(self.values(rest), k - len(elite), self._axes) if rest else []
        return [*elite, *(rest[i] for i in chosen)]

    def scores(self, entries: Sequence[Entry]) -> Floats:
        """(n_entries, n_examples) blended scores on the examples in use."""
        return np.stack([entry.soft(self.example_ids) for entry in entries])
