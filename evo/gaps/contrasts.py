"""Is a slice worse than the rest? One-sided p-values of the null hypothesis that it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evo.gaps.view import Bools, Floats, View


def p_values(view: View, masks: Sequence[Bools], within: Bools) -> Floats:
    """(m,) p-values of slices, on some of the rows.

    Counts: Fisher's exact test (1935). Amounts: the rank test of Mann and Whitney (1947).
    Compared with 0: the sign test on what changed. Where a cluster has several rows the larger
    of this and of a test with clustered errors counts. 1 where the difference does not matter.

    Args:
        view: The view.
        masks: (m,) rows of each slice.
        within: Rows to look at.
    """
    found = np.ones(len(masks))
    inside = [mask & within for mask in masks]
    at = [i for i, mask in enumerate(inside) if _matters(view, mask, within)]
    if at:
        chosen = np.stack([inside[i] for i in at])
        found[at] = _plain(view, chosen, within)
        if view.support(within) < int(within.sum()):
            found[at] = np.maximum(found[at], [_clustered(view, one, within) for one in chosen])
    return found


def rest_p_value(view: View, mask: Bools, within: Bools) -> float:
    """p-value of one slice against the rest of ``within``, whatever the view compares with."""
    return float(p_values(replace(view, against_rest=True), [mask], within)[0])


def _matters(view: View, inside: Bools, within: Bools) -> bool:
    outside = within & ~inside
    if not inside.any() or (view.against_rest and not outside.any()):
        return False
    base = float(view.badness[outside].mean()) if view.against_rest else 0.0
    return float(view.badness[inside].mean()) - base > view.material


def _plain(view: View, inside: Bools, within: Bools) -> Floats:
    if not view.against_rest:
        return np.array([_sign(view.badness[mask]) for mask in inside])
    if np.array_equal(view.badness, view.events):
        return _fisher(view.events, inside, within)
    return np.array([_ranks(view.badness, mask, within) for mask in inside])


def _fisher(events: Bools, inside: Bools, within: Bools) -> Floats:
    from scipy.stats import hypergeom

    bad = (inside & events).sum(axis=1)
    p = hypergeom.sf(bad - 1, within.sum(), (events & within).sum(), inside.sum(axis=1))
    return np.asarray(p, dtype=np.float64)


def _ranks(badness: Floats, inside: Bools, within: Bools) -> float:
    from scipy.stats import mannwhitneyu

    outside = within & ~inside

    test = mannwhitneyu(
        badness[inside], badness[outside], alternative="greater", method="asymptotic"
    )
    return float(test.pvalue)


def _sign(changes: Floats) -> float:
    from fitness.stats import sign_test

    return sign_test(int((changes > 0).sum()), int((changes < 0).sum()))


def _clustered(view: View, inside: Bools, within: Bools) -> float:
    """Difference of means over its standard error, summed by cluster first."""
    outside = within & ~inside
    difference = float(view.badness[inside].mean())
    pull = np.where(inside, (view.badness - difference) / inside.sum(), 0.0)
    if view.against_rest:
        rest = float(view.badness[outside].mean())
        difference -= rest
        pull = pull - np.where(outside, (view.badness - rest) / outside.sum(), 0.0)
    sums = np.bincount(view.units, weights=np.where(within, pull, 0.0))
    groups = view.support(within if view.against_rest else inside)
    return _tail(difference, float((sums**2).sum()), groups)


def _tail(difference: float, squares: float, groups: int) -> float:
    if difference <= 0 or groups < 2:
        return 1.0
    if squares == 0.0:
        return 0.0
    from scipy.special import stdtr

    error = math.sqrt(squares * groups / (groups - 1))
    return float(stdtr(groups - 1, -difference / error))
