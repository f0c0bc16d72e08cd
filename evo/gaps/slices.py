"""Gaps by domain, label and tag, ranked by what they surely cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from evo.gaps.gap import Gap
from fitness.outcome import Outcome
from fitness.stats import wilson
from fitness.suites import Example, Suite

SMALLEST = 10
"""Slices with fewer measured examples say nothing and are left out."""


def find_gaps(measured: Sequence[tuple[Suite, Sequence[Outcome]]]) -> tuple[Gap, ...]:
    """Gaps of one genome, the costliest first.

    Args:
        measured: Search suites with an outcome for each of their first examples. Missing
            outcomes are no failures and are left out.

    Returns:
        Gaps sorted by ``priority``; ranking by the lower end keeps small slices from winning
        by luck.
    """
    total = sum(len(outcomes) for _, outcomes in measured)
    gaps = [gap for suite, outcomes in measured for gap in _of_suite(suite, outcomes, total)]
    return tuple(sorted(gaps, key=lambda gap: (-gap.priority, gap.id)))


def _of_suite(suite: Suite, outcomes: Sequence[Outcome], total: int) -> Iterator[Gap]:
    slices: Mapping[str, list[Outcome]] = defaultdict(list)
    for example, outcome in zip(suite.examples, outcomes, strict=False):
        if not outcome.missing:
            for name in _slices_of(example):
                slices[name].append(outcome)
    for name, members in slices.items():
        failed = [o.example_id for o in members if o.score is not None and o.score < 0.5]
        if len(members) >= SMALLEST and failed:
            interval = wilson(len(failed), len(members))
            yield Gap(
                domain=suite.domain,
                slice=name,
                n=len(members),
                failures=len(failed),
                low=interval.low,
                high=interval.high,
                priority=len(members) / total * interval.low,
                example_ids=tuple(failed[:5]),
            )


def _slices_of(example: Example) -> Iterator[str]:
    yield f"target={example.target}"
    yield from (f"tag={tag}" for tag in example.tags)
