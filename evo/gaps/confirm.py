"""Found in one half, confirmed in the other; and what is left over as leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evo.gaps.beam import SMALLEST, Slice, beam
from evo.gaps.contrasts import p_values, rest_p_value
from evo.gaps.view import Bools, Floats, View

FOUND = 0.1
"""Share of false discoveries among what the first half finds (Benjamini & Hochberg 1995)."""
CONFIRMED = 0.05
"""The same in the second half, among what the first has found."""
LEAD = 0.1
"""p-value over all examples, uncorrected, below which a slice is a lead."""
ADDS = 0.05
"""p-value below which a confirmed slice says more than its parts, or than those already taken;
divided by the number of slices that ask."""


@dataclass(frozen=True)
class Finding:
    """A slice that is worse than the rest.

    Attributes:
        view: Where.
        slice: Which.
        p_all: p-value over all examples; orders findings, proves nothing.
        p_found: p-value in the half that found it; ``p_all`` for a lead.
        p_confirmed: p-value in the other half; ``None`` for a lead.
    """

    view: View
    slice: Slice
    p_all: float
    p_found: float
    p_confirmed: float | None = None


@dataclass(frozen=True)
class Searched:
    """What a search over several views has given.

    Attributes:
        confirmed: Findings of one half that the other confirms.
        leads: Findings over all examples that are not confirmed.
        looked: Slices tested in the half that tested more: what every find is corrected for.
    """

    confirmed: tuple[Finding, ...]
    leads: tuple[Finding, ...]
    looked: int


def search(views: Sequence[View]) -> Searched:
    """Searches all views, each half on its own and then both together.

    Either half may find what the other confirms. On pure noise a finding needs luck twice: all
    slices of a half share one error rate, and so do all that it found in the other.
    """
    found: dict[tuple[int, tuple[int, ...]], tuple[float, float]] = {}
    looked = 0
    for first in (True, False):
        tested, passed = _one_way(views, first)
        looked = max(looked, tested)
        for key, ps in passed.items():
            found[key] = min(found.get(key, ps), ps, key=max)
    confirmed, leads = [], []
    for number, view in enumerate(views):
        proven = {members: ps for (n, members), ps in found.items() if n == number}
        kept = _kept(view, list(proven), ADDS / max(len(proven), 1))
        taken = [view.mask(members) for members, _ in kept]
        confirmed += [_finding(view, members, p, proven[members]) for members, p in kept]
        leads += [_finding(view, members, p) for members, p in _leads(view, proven, taken)]
    return Searched(tuple(confirmed), tuple(leads), looked)


def _one_way(
    views: Sequence[View], first: bool
) -> tuple[int, dict[tuple[int, tuple[int, ...]], tuple[float, float]]]:
    """Slices tested, and those that one half finds and the other confirms with both p-values."""
    keys, masks, ps = [], [], []
    for number, view in enumerate(views):
        slices = beam(view, view.half == first)
        keys += [(number, one.members) for one in slices]
        masks += [one.mask for one in slices]
        ps += list(p_values(view, [one.mask for one in slices], view.half == first))
    hits = np.flatnonzero(_adjusted(ps) <= FOUND)
    again = [_again(views[keys[i][0]], masks[i], first) for i in hits]
    passed = _adjusted(again) <= CONFIRMED
    return len(keys), {
        keys[i]: (float(ps[i]), p) for i, p, fine in zip(hits, again, passed, strict=True) if fine
    }


def _again(view: View, mask: Bools, first: bool) -> float:
    return float(p_values(view, [mask], view.half != first)[0])


def _leads(
    view: View, proven: dict[tuple[int, ...], tuple[float, float]], taken: list[Bools]
) -> Iterator[tuple[tuple[int, ...], float]]:
    slices = [one.members for one in beam(view, view.everything) if one.members not in proven]
    yield from _kept(view, slices, LEAD, taken)


def _kept(
    view: View, slices: Sequence[tuple[int, ...]], level: float, taken: Sequence[Bools] = ()
) -> list[tuple[tuple[int, ...], float]]:
    """Slices that say something of their own, the surest first.

    One of two conditions must be worse than either part without it, and any must still be worse
    than the rest where those taken before are left out. Where slices are compared with 0, a part
    must be worse than the rest too, and the whole comes last: it keeps what no part explains.
    """
    ps = p_values(view, [view.mask(members) for members in slices], view.everything)
    covered = np.logical_or.reduce([np.zeros(len(view.ids), dtype=bool), *taken])
    kept: list[tuple[tuple[int, ...], float]] = []
    whole = [bool(view.mask(members).all()) for members in slices]
    for i in np.lexsort((ps, np.array(whole))):
        mask = view.mask(slices[i])
        if ps[i] > level or not _beyond_parts(view, slices[i], mask, level):
            continue
        if covered.any() and not _still_worse(view, mask, ~covered, level):
            continue
        kept.append((slices[i], float(ps[i])))
        covered = covered | mask
    return kept


def _beyond_parts(view: View, members: tuple[int, ...], mask: Bools, level: float) -> bool:
    parts = [view.masks[i] for i in members] if len(members) > 1 else []
    if not view.against_rest and not mask.all():
        parts.append(view.everything)
    return all(rest_p_value(view, mask, part) <= level for part in parts)


def _still_worse(view: View, mask: Bools, within: Bools, level: float) -> bool:
    if view.support(mask & within) < SMALLEST:
        return False
    return float(p_values(view, [mask], within)[0]) <= level


def _finding(
    view: View, members: tuple[int, ...], p: float, ps: tuple[float, float] | None = None
) -> Finding:
    one = Slice(members, view.mask(members))
    return Finding(view, one, p, p, None) if ps is None else Finding(view, one, p, *ps)


def _adjusted(ps: Sequence[float]) -> Floats:
    from fitness.stats import benjamini_hochberg

    return benjamini_hochberg(ps)
