"""Has a gap closed? Measured on examples that neither found it nor bred the champion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from pydantic import BaseModel, ConfigDict

from evo.gaps.beam import SMALLEST
from evo.gaps.gap import Gap
from evo.gaps.observed import wrong
from evo.gaps.priority import difference
from fitness.outcome import Outcome
from fitness.stats import mean_interval, tango
from fitness.suites import Example


class Change(BaseModel):
    """How a gap's rate has changed.

    Attributes:
        n: Examples compared; for a change between runs those of the later one.
        before: Failure rate of the slice then; 1 for a cost.
        after: The same now; for a cost the share of it that is left.
        fall: ``before - after``.
        low: Lower end of the 95 % interval of ``fall``.
        high: Upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    before: float
    after: float
    fall: float
    low: float
    high: float

    def closes(self, aim: float) -> bool:
        """Whether the rate fell by the stated amount, on enough examples, and surely at all."""
        return self.n >= SMALLEST and self.fall >= aim and self.low > 0


def paired_change(
    gap: Gap,
    examples: Iterable[Example],
    before: Mapping[str, Outcome],
    after: Mapping[str, Outcome],
) -> Change | None:
    """The slice under two genomes on the same examples.

    Args:
        gap: The gap; ``unreliable`` ones need repeats and are not judged here.
        examples: Those that may judge.
        before: Example to outcome under the champion that the gap was found in.
        after: Example to outcome under the new champion.

    Returns:
        ``None`` where no example says anything.
    """
    both = [
        (example, before[example.id], after[example.id])
        for example in examples
        if gap.covers(example) and example.id in before and example.id in after
    ]
    both = [(e, old, new) for e, old, new in both if not old.missing and not new.missing]
    if not both or gap.kind == "unreliable":
        return None
    if gap.kind == "inefficient":
        return _cost_change(gap, [(old, new) for _, old, new in both])
    marks = [(failed(gap, e, old), failed(gap, e, new)) for e, old, new in both]
    better = sum(old and not new for old, new in marks)
    worse = sum(new and not old for old, new in marks)
    fall = tango(better, worse, len(marks))
    return Change(
        n=len(marks),
        before=sum(old for old, _ in marks) / len(marks),
        after=sum(new for _, new in marks) / len(marks),
        fall=fall.estimate,
        low=fall.low,
        high=fall.high,
    )


def change_between(before: tuple[int, int], after: tuple[int, int]) -> Change:
    """The slice on different examples then and now; interval of Newcombe (1998).

    Args:
        before: Failures and examples then.
        after: Failures and examples now.
    """
    fall = difference(before, after)
    return Change(
        n=after[1],
        before=before[0] / max(before[1], 1),
        after=after[0] / max(after[1], 1),
        fall=fall.estimate,
        low=fall.low,
        high=fall.high,
    )


def failed(gap: Gap, example: Example, outcome: Outcome) -> bool:
    """Whether this outcome is one of the gap's failures: wrong, and inside it."""
    return wrong(outcome) and gap.covers(example, outcome)


def _cost_change(gap: Gap, both: list[tuple[Outcome, Outcome]]) -> Change | None:
    costs = [
        (_cost(gap, old), _cost(gap, new)) for old, new in both if not wrong(old) and not wrong(new)
    ]
    logs = [math.log(new / old) for old, new in costs if old and new]
    if len(logs) < 2:
        return None
    ratio = mean_interval(np.array(logs))
    return Change(
        n=len(logs),
        before=1.0,
        after=math.exp(ratio.estimate),
        fall=1 - math.exp(ratio.estimate),
        low=1 - math.exp(ratio.high),
        high=1 - math.exp(ratio.low),
    )


def _cost(gap: Gap, outcome: Outcome) -> float | None:
    length = None if outcome.answer is None else len(outcome.answer)
    amounts: dict[str | None, float | None] = {
        "tokens": outcome.tokens,
        "money": outcome.money,
        "steps": outcome.steps,
        "length": length,
    }
    return amounts.get(gap.metric)
