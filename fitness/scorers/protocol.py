"""What a scorer is, and what it may give."""

from __future__ import annotations

from numbers import Real
from typing import Protocol

import numpy as np

from fitness.reading import Answer
from fitness.suites.example import Example


class Scorer(Protocol):
    """Scores one answer; higher is better, in [0, 1].

    Contract: depends on its arguments alone; gives a number for every answer, the empty one and
    ``None`` included. An answer that raises would be missing instead of wrong. A scorer that
    only gives 0 or 1 may say so with an attribute ``pass_fail = True``: the gate then may use a
    sharper test. An attribute ``feedback``, called alike, may tell in a sentence what is wrong
    with an answer, or ``None``; proposers read it in the trace.
    """

    def __call__(self, answer: Answer, example: Example) -> float: ...


def in_unit(value: object) -> float:
    """A scorer's value as a float.

    Raises:
        ValueError: It is no number, not finite, or outside [0, 1].
    """
    if isinstance(value, (Real, np.bool_)) and 0.0 <= float(value) <= 1.0:
        return float(value)
    raise ValueError(f"gave {value!r:.60} ({type(value).__name__}), expected a number in [0, 1]")
