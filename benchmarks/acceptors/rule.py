"""The protocol that every acceptance rule fulfils."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from benchmarks.acceptors.pairs import IntArray, Pairs

Scope = Literal["all", "own"]


@dataclass(frozen=True, eq=False)
class Ruling:
    """What a rule decided about one proposal.

    Attributes:
        accepted: Whether the candidate becomes the champion.
        used: Indices of the examples on which the candidate was measured.
        gain: The gain that the rule would report for it, in score units.
        scope: ``own``: only for the domain to improve, the champion stays elsewhere.
        alpha: Share of an error budget that was spent.
        shard: Which shard of the examples judged; ``None`` for a fixed holdout.
        repeated: Calls spent on running the champion again.
        kept: A number that the rule keeps for its next decisions.
        refused: Whether the rule declined to test: nothing was measured, nothing is promoted.
    """

    accepted: bool
    used: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int_))
    gain: float = 0.0
    scope: Scope = "all"
    alpha: float = 0.0
    shard: int | None = None
    repeated: int = 0
    kept: float | None = None
    refused: bool = False


class Rule(Protocol):
    """Decides about one proposal.

    Contract: uses at most ``pairs.size`` examples a decision (those of ``pairs.search`` apart),
    and draws all randomness from ``rng``.
    """

    def decide(self, pairs: Pairs, past: Sequence[Ruling], rng: np.random.Generator) -> Ruling:
        """The ruling.

        Args:
            pairs: Scores of champion and candidate.
            past: The rule's own rulings in this line of proposals, oldest first.
            rng: Source of orders and resamples.
        """
        ...


def on_holdout(pairs: Pairs, accepted: bool, used: IntArray | None = None) -> Ruling:
    """The ruling of a rule with a fixed holdout; without ``used`` all of it was measured."""
    return Ruling(accepted, pairs.holdout if used is None else used, pairs.holdout_gain)
