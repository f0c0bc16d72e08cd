"""Critical examples: each one must not get worse, whatever the tests over suites say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evo.gate.pair import Pair
from fitness.suites import Example, Suite

TAG = "must_pass"
_SAID = ("1", "true", "yes")


def must_pass_ids(suite: Suite) -> tuple[str, ...]:
    """The suite's critical examples, in canonical order: those with the tag ``must_pass``, or
    ``must_pass=yes`` where a column became the tag."""
    return tuple(sorted(example.id for example in suite if _critical(example)))


def _critical(example: Example) -> bool:
    return any(
        name == TAG and (not equals or value.strip().lower() in _SAID)
        for name, equals, value in (tag.partition("=") for tag in example.tags)
    )


class Critical(NamedTuple):
    """What critical examples show.

    Attributes:
        lost: Ids of confirmed losses.
        dismissed: Ids of losses that did not come again.
        missing: Ids that were not delivered, at first or when asked again.
    """

    lost: tuple[str, ...] = ()
    dismissed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def lost_pairs(pairs: Sequence[Pair], margin: float) -> tuple[Pair, ...]:
    """Pairs in which the candidate scored lower by more than ``margin``: any loss of a pass/fail
    score, a loss that counts of a graded one."""
    return tuple(pair for pair in pairs if not pair.missing and pair.difference < -margin)


def weigh(first: Sequence[Pair], again: Sequence[Pair], margin: float) -> Critical:
    """Which losses are confirmed; a pure function of the pairs.

    Args:
        first: All critical pairs.
        again: The lost ones, both arms asked once more; those not asked again count as confirmed.
        margin: Loss in score that a graded pair may show.
    """
    second = {pair.example_id: pair for pair in again}
    lost: list[str] = []
    dismissed: list[str] = []
    missing = [pair.example_id for pair in first if pair.missing]
    for pair in lost_pairs(first, margin):
        repeat = second.get(pair.example_id)
        if repeat is None or lost_pairs([repeat], margin):
            lost.append(pair.example_id)
        elif repeat.missing:
            missing.append(pair.example_id)
        else:
            dismissed.append(pair.example_id)
    return Critical(tuple(lost), tuple(dismissed), tuple(missing))
