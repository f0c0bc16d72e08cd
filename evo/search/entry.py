"""An entry of the archive: a measured genome and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evo.proposers.proposal import Proposal
from fitness.objectives import Estimate, estimate, mean_of, mean_tokens
from fitness.outcome import Outcome
from genomes import Genome, render

Floats = NDArray[np.float64]


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
