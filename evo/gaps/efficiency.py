"""What a success costs, against what one of its length usually costs in the domain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evo.gaps.view import Floats
from fitness.outcome import Outcome
from fitness.suites import Example

MATERIAL = math.log(1.1)
"""Log excess below which a difference in cost does not matter: 10 %."""

_NEIGHBOURS = 25


def amounts(
    successes: Sequence[tuple[Example, Outcome]],
) -> dict[str, list[float | None]]:
    """Metric to the amount of each success; ``None`` where unknown.

    ``money`` is left out where it only follows the tokens. Seconds are no metric: they differ
    from run to run, and the same seed must give the same gaps.
    """
    found: dict[str, list[float | None]] = {
        "tokens": [outcome.tokens for _, outcome in successes],
        "money": [outcome.money for _, outcome in successes],
        "steps": [outcome.steps for _, outcome in successes],
        "length": [_wordiness(example, outcome) for example, outcome in successes],
    }
    if _follows(found["money"], found["tokens"]):
        del found["money"]
    return found


def excess(values: Sequence[float], lengths: Sequence[int]) -> Floats:
    """(n,) log of each amount over the median of its neighbours in input length.

    Args:
        values: (n,) positive amounts.
        lengths: (n,) characters of the inputs: longer ones rightly cost more.
    """
    amount = np.asarray(values, dtype=float)
    usual = np.empty_like(amount)
    order = np.argsort(np.asarray(lengths), kind="stable")
    for near in np.array_split(order, max(1, len(order) // _NEIGHBOURS)):
        usual[near] = np.median(amount[near])
    return np.asarray(np.log(amount / usual), dtype=float)


def _wordiness(example: Example, outcome: Outcome) -> float | None:
    if not outcome.answer or not example.target:
        return None
    return len(outcome.answer) / len(example.target)


def _follows(first: Sequence[float | None], second: Sequence[float | None]) -> bool:
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if len(both) < 2 or len(both) < sum(a is not None for a in first):
        return False
    pairs = np.array(both, dtype=float)
    spread = pairs.std(axis=0)
    return bool(spread.min() == 0.0 or np.corrcoef(pairs.T)[0, 1] > 0.99)
