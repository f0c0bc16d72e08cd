"""Gaps of a genome from its outcomes on search suites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evo.gaps.beam import SMALLEST
from evo.gaps.conditions import plain_conditions
from evo.gaps.confirm import Finding, search
from evo.gaps.detectable import smallest_difference
from evo.gaps.gap import Gap, Kind
from evo.gaps.observed import Observed, by_id, wrong
from evo.gaps.priority import Record, relative_excess, terms
from evo.gaps.report import Blind, DomainLevel, GapReport
from evo.gaps.terms import Comparison
from evo.gaps.views import views_of
from fitness.outcome import Outcome
from fitness.stats import tango, wilson
from fitness.suites import Suite

MOST_LEADS = 8
"""Leads kept: they are hints, and too many hints are none."""
LEAST_AIM = 0.05
"""A gap closes only when its rate falls by at least this much."""

_SHARES = (0.5, 0.25, 0.1)


def find_gaps(measured: Sequence[tuple[Suite, Sequence[Outcome]]]) -> tuple[Gap, ...]:
    """Gaps of one genome: the confirmed ones, then leads, each the costliest first.

    Args:
        measured: Search suites with an outcome for each of their first examples. Missing
            outcomes are no failures and are left out.

    Raises:
        DataError: A suite is not in the role ``search``.
    """
    return survey([Observed(suite, outcomes) for suite, outcomes in measured]).gaps


def survey(measured: Sequence[Observed], past: Mapping[Kind, Record] | None = None) -> GapReport:
    """Gaps of one genome, and what the search for them could not see. Deterministic.

    Args:
        measured: What was observed, one entry a domain.
        past: Kind to (proposals that helped, all proposals) against gaps of that kind.
    """
    total = sum(len(observed.rows) for observed in measured)
    found = search(views_of(measured))
    kept = [_gap(one, measured, total, past or {}) for one in (*found.confirmed, *found.leads)]
    ranked = sorted(kept, key=_order)
    confirmed = [gap for gap in ranked if gap.confirmed]
    leads = [gap for gap in ranked if not gap.confirmed][:MOST_LEADS]
    return GapReport(
        gaps=(*confirmed, *leads),
        domains=tuple(_level(observed, found.looked) for observed in measured),
        looked=found.looked,
    )


def _order(gap: Gap) -> tuple[float, float, str]:
    return -gap.priority, -(gap.terms.value if gap.terms else 0.0), gap.id


def _gap(
    finding: Finding, measured: Sequence[Observed], total: int, past: Mapping[Kind, Record]
) -> Gap:
    view, mask = finding.view, finding.slice.mask
    conditions = tuple(view.conditions[i] for i in finding.slice.members)
    n, failures = int(mask.sum()), int(view.events[mask].sum())
    compared = _comparisons(finding, measured)
    rank = terms(finding, total, compared, past)
    interval = wilson(failures, n)
    outside = view.events[~mask]
    return Gap(
        kind=view.kind,
        domain=view.domain or conditions[0].value,
        slice=" & ".join(sorted(condition.name for condition in conditions)),
        n=n,
        failures=failures,
        low=interval.low,
        high=interval.high,
        priority=rank.low,
        example_ids=tuple(np.array(view.ids)[mask & view.events][:5].tolist()),
        conditions=conditions,
        confirmed=finding.p_confirmed is not None,
        p_found=finding.p_found,
        p_confirmed=finding.p_confirmed,
        rest=float(outside.mean()) if len(outside) else None,
        excess=relative_excess(view, mask).estimate if view.metric else None,
        metric=view.metric,
        aim=max(LEAST_AIM, rank.headroom.value / 2),
        terms=rank,
        comparisons=compared,
    )


def _comparisons(finding: Finding, measured: Sequence[Observed]) -> tuple[Comparison, ...]:
    """The slice's failures under earlier genomes; costs are not compared."""
    if finding.view.kind == "inefficient":
        return ()
    inside = set(np.array(finding.view.ids)[finding.slice.mask].tolist())
    found: list[Comparison] = []
    for observed in measured:
        now = {i: o for i, o in by_id(observed.outcomes).items() if i in inside}
        for name, outcomes in sorted(observed.before.items()):
            then = by_id(outcomes)
            both = [(wrong(now[i]), wrong(then[i])) for i in now if i in then]
            if both:
                found.append(_comparison(name, both))
    return tuple(found)


def _comparison(name: str, both: Sequence[tuple[bool, bool]]) -> Comparison:
    worse = sum(now and not then for now, then in both)
    better = sum(then and not now for now, then in both)
    interval = tango(worse, better, len(both))
    return Comparison(
        name=name,
        n=len(both),
        before=sum(then for _, then in both) / len(both),
        now=sum(now for now, _ in both) / len(both),
        low=interval.low,
        high=interval.high,
    )


def _level(observed: Observed, looked: int) -> DomainLevel:
    rows = observed.rows
    failures = sum(wrong(outcome) for _, outcome in rows)
    interval = wilson(failures, len(rows))
    units = len({example.cluster for example, _ in rows})
    rest = failures / len(rows) if rows else 1.0
    small = [
        condition.name
        for condition in plain_conditions(observed.suite.examples)
        if len({e.cluster for e, _ in rows if condition.fits(e)}) < 2 * SMALLEST
    ]
    return DomainLevel(
        domain=observed.suite.domain,
        n=len(rows),
        failures=failures,
        low=interval.low,
        high=interval.high,
        blind=tuple(
            Blind(
                share=share,
                n=round(share * len(rows)),
                difference=smallest_difference(units, share, rest, looked),
            )
            for share in _SHARES
        ),
        too_small=tuple(small),
        unseen=tuple(_unseen(observed)),
    )


def _unseen(observed: Observed) -> list[tuple[str, str]]:
    reasons: list[tuple[str, str]] = []
    if not observed.replicates:
        reasons.append(("unreliable", "each example was answered once; see gaps.replicates"))
    if not observed.before:
        reasons.append(("regressed", "no earlier genome has answered these examples"))
    if all(outcome.tokens is None for _, outcome in observed.rows):
        reasons.append(("inefficient", "tokens are unknown"))
    return reasons
