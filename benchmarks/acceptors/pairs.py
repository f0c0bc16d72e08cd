"""What a rule is shown: paired scores in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int_]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Champion and candidate on the same examples, with what a user would declare about them.

    Attributes:
        champion: (n,) scores in [0, 1].
        candidate: (n,) scores in [0, 1].
        again: (n,) scores of the champion run a second time.
        size: Examples that one decision may use; a rule with a fixed holdout uses the first ones.
        pass_fail: Whether scores are declared to be 0 or 1.
        cluster_size: Consecutive examples that belong together; 1 if all are independent.
        elsewhere: (n,) whether an example belongs to another domain than the one to improve.
        search: How many of the last examples belong to the search and may not judge.
    """

    champion: FloatArray
    candidate: FloatArray
    again: FloatArray
    size: int
    pass_fail: bool = True
    cluster_size: int = 1
    elsewhere: BoolArray | None = None
    search: int = 0

    @cached_property
    def differences(self) -> FloatArray:
        """(n,) candidate minus champion."""
        return self.candidate - self.champion

    @property
    def holdout(self) -> IntArray:
        """(size,) indices of the fixed holdout."""
        return np.arange(self.size)

    @cached_property
    def holdout_gain(self) -> float:
        """Mean difference on the fixed holdout."""
        return float(self.differences[: self.size].mean())
