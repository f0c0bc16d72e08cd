"""From outcomes to the views that slices are searched in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from evo.gaps.condition import Condition, input_length
from evo.gaps.conditions import confusions, plain_conditions
from evo.gaps.efficiency import MATERIAL, amounts, excess
from evo.gaps.observed import Observed, by_id, wrong
from evo.gaps.view import Bools, View
from fitness.outcome import Outcome
from fitness.suites import Example
from fitness.suites.splits import rank

Row = tuple[Example, Outcome]


def views_of(measured: Sequence[Observed]) -> list[View]:
    """All views in which something bad has happened, in a fixed order."""
    found: list[View] = []
    for observed in measured:
        plain = plain_conditions(observed.suite.examples)
        found += _failing(observed.rows, plain)
        found += _confused(observed.rows, plain)
        found += _regressed(observed, plain)
        found += _unreliable(observed, plain)
        found += _inefficient(observed.rows, plain)
    return [view for view in [*found, *_across(measured)] if view.events.any()]


def _failing(rows: Sequence[Row], plain: Sequence[Condition]) -> Iterator[View]:
    bad = np.array([wrong(outcome) for _, outcome in rows], dtype=bool)
    if rows:
        yield _view(rows, plain, kind="failing", badness=bad, events=bad)


def _confused(rows: Sequence[Row], plain: Sequence[Condition]) -> Iterator[View]:
    """A row for each wrong answer that an example could have got: is one got more often?"""
    pairs = confusions([example for example, _ in rows], [outcome for _, outcome in rows])
    fits = np.array([[pair.fits(example) for example, _ in rows] for pair in pairs], dtype=bool)
    if not fits.any():
        return
    which, at = (index.tolist() for index in np.nonzero(fits))
    got = np.array([pairs[p].fits(*rows[i]) for p, i in zip(which, at, strict=True)], dtype=bool)
    others = [condition for condition in plain if condition.attribute != "target"]
    named = np.equal(which, np.arange(len(pairs))[:, None])
    yield _view(
        [rows[i] for i in at],
        [*pairs, *others],
        kind="failing",
        masks=np.vstack([named, _masks(rows, others)[:, at]]),
        badness=got,
        events=got,
        required="confusion",
    )


def _regressed(observed: Observed, plain: Sequence[Condition]) -> Iterator[View]:
    known = by_id(observed.before.get("previous") or observed.before.get("seed") or ())
    rows = [(example, outcome) for example, outcome in observed.rows if example.id in known]
    if not rows:
        return
    change = np.array([int(wrong(o)) - int(wrong(known[e.id])) for e, o in rows], dtype=float)
    whole = Condition(attribute="domain", value=observed.suite.domain)
    yield _view(
        rows,
        [whole, *plain],
        kind="regressed",
        badness=change,
        events=change > 0,
        gains=change,
        against_rest=False,
    )


def _unreliable(observed: Observed, plain: Sequence[Condition]) -> Iterator[View]:
    rounds = [by_id(outcomes) for outcomes in (observed.outcomes, *observed.replicates)]
    rows, passes = [], []
    for example, outcome in observed.rows:
        marks = [not wrong(one[example.id]) for one in rounds if example.id in one]
        if len(marks) > 1:
            rows.append((example, outcome))
            passes.append((float(np.mean(marks)), float(any(marks))))
    if not rows:
        return
    mean, best = np.array(passes, dtype=float).T
    events = (mean > 0) & (mean < 1)
    yield _view(rows, plain, kind="unreliable", badness=events, events=events, gains=best - mean)


def _inefficient(rows: Sequence[Row], plain: Sequence[Condition]) -> Iterator[View]:
    successes = [(example, outcome) for example, outcome in rows if not wrong(outcome)]
    for metric, values in amounts(successes).items():
        kept = [i for i, value in enumerate(values) if value is not None and value > 0]
        chosen = [successes[i] for i in kept]
        if not chosen:
            continue
        lengths = [input_length(example) for example, _ in chosen]
        over = excess([float(values[i] or 0.0) for i in kept], lengths)
        yield _view(
            chosen,
            # What longer inputs cost is taken out already.
            [condition for condition in plain if condition.attribute != "length"],
            kind="inefficient",
            badness=over,
            events=over > MATERIAL,
            metric=metric,
            material=MATERIAL,
        )


def _across(measured: Sequence[Observed]) -> Iterator[View]:
    rows = [row for observed in measured for row in observed.rows]
    names = sorted({observed.suite.domain for observed in measured})
    if len(names) < 2 or not rows:
        return
    bad = np.array([wrong(outcome) for _, outcome in rows], dtype=bool)
    domains = [Condition(attribute="domain", value=name) for name in names]
    yield _view(rows, domains, kind="failing", domain="", badness=bad, events=bad, depth=1)


def _view(
    rows: Sequence[Row],
    conditions: Sequence[Condition],
    *,
    badness: Any,
    masks: Bools | None = None,
    **more: Any,
) -> View:
    clusters = [example.cluster for example, _ in rows]
    more.setdefault("domain", rows[0][0].domain)
    return View(
        conditions=tuple(conditions),
        masks=_masks(rows, conditions) if masks is None else masks,
        badness=np.asarray(badness, dtype=float),
        units=np.unique(clusters, return_inverse=True)[1].astype(np.int64),
        half=np.array([rank("gaps", cluster) < 0.5 for cluster in clusters], dtype=bool),
        ids=tuple(example.id for example, _ in rows),
        **more,
    )


def _masks(rows: Sequence[Row], conditions: Sequence[Condition]) -> Bools:
    fits = [[condition.fits(example) for example, _ in rows] for condition in conditions]
    return np.array(fits, dtype=bool).reshape(len(conditions), len(rows))
