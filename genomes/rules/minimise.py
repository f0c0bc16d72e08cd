"""Fewer rules with the same outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from genomes.rules.rule import Rule

O = TypeVar("O")  # noqa: E741 - outcomes


class Contribution(NamedTuple):
    """What one rule of a set is worth.

    Attributes:
        rule: The rule.
        changed: Positions of the outcomes that change without it.
    """

    rule: Rule
    changed: tuple[int, ...]


def minimise(
    rules: Sequence[Rule], outcomes_of: Callable[[tuple[Rule, ...]], Sequence[O]]
) -> tuple[Rule, ...]:
    """Drops rules, the last first, until every one that is left changes some outcome.

    Args:
        rules: The rules; their order stays.
        outcomes_of: Deterministic outcomes of a set of rules, always on the same examples in the
            same order. Called at most once for each set.

    Returns:
        Rules with outcomes equal to those of all; leaving out any single one changes some.
    """
    known: dict[tuple[Rule, ...], tuple[O, ...]] = {}

    def outcomes(kept: tuple[Rule, ...]) -> tuple[O, ...]:
        if kept not in known:
            known[kept] = tuple(outcomes_of(kept))
        return known[kept]

    left = tuple(rules)
    wanted, smaller = outcomes(left), True
    while smaller:  # a rule may become idle once another is gone
        smaller = False
        for rule in reversed(left):
            fewer = tuple(one for one in left if one != rule)
            if outcomes(fewer) == wanted:
                left, smaller = fewer, True
    return left


def contributions(
    rules: Sequence[Rule], outcomes_of: Callable[[tuple[Rule, ...]], Sequence[O]]
) -> tuple[Contribution, ...]:
    """For each rule the outcomes that change if it alone is left out."""
    whole = tuple(outcomes_of(tuple(rules)))
    found = []
    for rule in rules:
        without = outcomes_of(tuple(one for one in rules if one != rule))
        changed = tuple(i for i, (a, b) in enumerate(zip(whole, without, strict=True)) if a != b)
        found.append(Contribution(rule, changed))
    return tuple(found)
