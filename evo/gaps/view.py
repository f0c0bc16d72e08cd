"""One way of looking at a domain: what is bad, on which rows, and what slices are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evo.gaps.condition import Attribute, Condition
from evo.gaps.gap import Kind

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """Rows of one domain seen as one kind of gap.

    Attributes:
        kind: What a slice of it would be.
        domain: The domain; empty where domains are compared with each other.
        conditions: (m,) what slices are made of.
        masks: (m, n) which rows have which property.
        badness: (n,) the larger, the worse; its mean in a slice is compared.
        events: (n,) what is counted: failures, changing answers, dear successes.
        units: (n,) cluster of each row, 0, 1, ...: rows of one cluster may depend on each other.
        half: (n,) which half each row belongs to; a cluster is never in both.
        ids: (n,) example of each row.
        metric: What is spent too much of; of ``inefficient`` alone.
        gains: (n,) what closing the gap would win at each row, where that is known by itself.
        material: Least difference of mean badness that matters.
        against_rest: Whether a slice is compared with the rest; else with 0.
        depth: Most conditions of a slice.
        required: Attribute that a slice must name, if any.
    """

    kind: Kind
    domain: str
    conditions: tuple[Condition, ...]
    masks: Bools
    badness: Floats
    events: Bools
    units: Ints
    half: Bools
    ids: tuple[str, ...]
    metric: str | None = None
    gains: Floats | None = None
    material: float = 0.0
    against_rest: bool = True
    depth: int = 2
    required: Attribute | None = None

    @property
    def everything(self) -> Bools:
        """(n,) all rows."""
        return np.ones(len(self.badness), dtype=bool)

    def mask(self, members: Sequence[int]) -> Bools:
        """(n,) rows that have all these properties.

        Args:
            members: Indices of conditions.
        """
        return np.asarray(self.masks[list(members)].all(axis=0), dtype=bool)

    def support(self, mask: Bools) -> int:
        """Independent units of a slice: clusters, not rows."""
        return int(np.count_nonzero(np.bincount(self.units[mask])))
