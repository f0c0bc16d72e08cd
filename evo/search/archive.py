"""The archive: every genome that was measured on the whole search suite, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evo.proposers.proposal import Proposal
from evo.search.selection import non_dominated, nsga2
from fitness.objectives import Estimate, estimate, mean_tokens
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
    """

    def __init__(self, example_ids: Sequence[str]) -> None:
        self.example_ids = tuple(example_ids)
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
        """Entries, best first; ties in order of arrival.

        Finalists come before the others, whose means are over other examples and flattered by
        having been selected on them.

        Args:
            among: Only these; ``None`` for all.
        """
        entries = self.entries.values() if among is None else among
        return sorted(entries, key=lambda e: (self._confirmed(e), self.merit(e)), reverse=True)

    def _confirmed(self, entry: Entry) -> bool:
        return len(entry.outcomes) > len(self.example_ids)

    def values(self, entries: Sequence[Entry]) -> Floats:
        """(n, 4) objective values in the order of ``fitness.objectives.OBJECTIVES``."""
        return np.array(
            [[self.merit(e), e.regressions, e.cost, e.length] for e in entries], dtype=float
        ).reshape(len(entries), 4)

    def front(self) -> list[Entry]:
        """Non-dominated entries, in order of arrival."""
        entries = list(self.entries.values())
        return [entries[i] for i in non_dominated(self.values(entries))]

    def parents(self, k: int, among: Iterable[Entry] | None = None) -> list[Entry]:
        """``k`` parents: the better half by merit (elitist), the others by NSGA-II among those
        not clearly worse than the best, so that trade-offs live but cheap failures do not.

        Args:
            k: How many, if there are as many.
            among: Only these; ``None`` for all.
        """
        ranked = self.ranked(among)
        elite = ranked[: (k + 1) // 2]
        bar = self.merit(ranked[0]) - 2 * ranked[0].quality.se if ranked else 0.0
        # Sorting a front costs the square of its size: what is far behind need not be sorted.
        near = ranked[len(elite) : _NEAR * k]
        rest = [entry for entry in near if self.merit(entry) >= bar]
        chosen = nsga2(self.values(rest), k - len(elite)) if rest else []
        return [*elite, *(rest[i] for i in chosen)]

    def scores(self, entries: Sequence[Entry]) -> Floats:
        """(n_entries, n_examples) blended scores on the examples in use."""
        return np.stack([entry.soft(self.example_ids) for entry in entries])
