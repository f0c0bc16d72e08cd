"""How much a gap matters: lower bounds, so that a small slice never wins by luck.

Each factor counts with its lower decile, the lower end of an 80 % interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from evo.gaps.confirm import Finding
from evo.gaps.gap import Kind
from evo.gaps.terms import Bound, Comparison, Terms
from evo.gaps.view import Bools, View
from fitness.stats import Interval, mean_interval, wilson

SEVERITY: dict[Kind, float] = {
    "failing": 1.0,
    "regressed": 1.0,
    "unreliable": 0.6,
    "inefficient": 0.2,
}
"""What one failure weighs. A wrong answer is a wrong answer; a dear one is still right."""

PRIOR = (1.0, 3.0)
"""Beta prior of tractability: one proposal in four helps, worth four proposals of evidence."""

Record = tuple[int, int]
"""Proposals that helped, and all proposals, against one kind of gap."""

_LEVEL = 0.8


def terms(
    finding: Finding,
    total: int,
    comparisons: Sequence[Comparison],
    past: Mapping[Kind, Record],
) -> Terms:
    """The parts of a gap's priority.

    Args:
        finding: The slice.
        total: All examples measured, in all domains.
        comparisons: The slice under earlier genomes.
        past: Kind to what proposals against it have achieved.
    """
    mask, kind = finding.slice.mask, finding.view.kind
    share = wilson(int(np.unique(np.array(finding.view.ids)[mask]).size), total, _LEVEL)
    return Terms(
        share=Bound(value=share.estimate, low=share.low),
        severity=SEVERITY[kind],
        headroom=_headroom(finding.view, mask, comparisons),
        tractability=tractability(past.get(kind, (0, 0))),
    )


def tractability(record: Record) -> Bound:
    """Posterior mean of the share of proposals that help, and its lower decile.

    Args:
        record: Proposals that helped, and all of them.
    """
    from scipy.special import betaincinv

    helped, tried = record
    a, b = PRIOR[0] + helped, PRIOR[1] + tried - helped
    return Bound(value=a / (a + b), low=float(betaincinv(a, b, (1 - _LEVEL) / 2)))


def relative_excess(view: View, mask: Bools) -> Interval:
    """By how much a slice costs more than the rest: 0.5 is half as much again.

    Ratio of geometric means with its 80 % interval (on logs, errors added in squares).
    """
    inside, outside = view.badness[mask], view.badness[~mask]
    first, second = mean_interval(inside, _LEVEL), mean_interval(outside, _LEVEL)
    gap = first.estimate - second.estimate
    half = math.hypot(first.high - first.estimate, second.high - second.estimate)
    return Interval(math.expm1(gap), math.expm1(gap - half), math.expm1(min(gap + half, 700.0)))


def _headroom(view: View, mask: Bools, comparisons: Sequence[Comparison]) -> Bound:
    """What would be won at an example of the slice if it were as good as the best known: the
    rest of the domain, or the slice itself under an earlier genome."""
    if view.metric is not None:
        over = relative_excess(view, mask)
        return _bound(_saved(over.estimate), _saved(over.low))
    if view.gains is not None:
        won = mean_interval(view.gains[mask], _LEVEL)
        return _bound(won.estimate, won.low)
    rest = difference(_counts(view.events[mask]), _counts(view.events[~mask]), _LEVEL)
    known = [(rest.estimate, rest.low), *((one.now - one.before, one.low) for one in comparisons)]
    return _bound(max(value for value, _ in known), max(low for _, low in known))


def difference(first: Record, second: Record, level: float = 0.95) -> Interval:
    """Difference of two rates, by the hybrid of their Wilson intervals (Newcombe 1998).

    Args:
        first: Failures and examples of one group.
        second: The same of the other, whose rate is subtracted.
        level: Two-sided level.
    """
    if not first[1] or not second[1]:
        return Interval(0.0, -1.0, 1.0)
    a, b = wilson(*first, level), wilson(*second, level)
    gap = a.estimate - b.estimate
    below = math.hypot(a.estimate - a.low, b.high - b.estimate)
    above = math.hypot(a.high - a.estimate, b.estimate - b.low)
    return Interval(gap, gap - below, gap + above)


def _counts(events: Bools) -> Record:
    return int(events.sum()), len(events)


def _saved(excess: float) -> float:
    """The share of its cost that an amount with this excess would save."""
    return excess / (1 + excess) if excess > 0 else 0.0


def _bound(value: float, low: float) -> Bound:
    return Bound(value=min(max(value, 0.0), 1.0), low=min(max(low, 0.0), 1.0))
