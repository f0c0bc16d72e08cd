"""Rules compiled for speed: which rules speak of a call is one look-up of bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evo.agents.policy.call import Call, Situation
from evo.agents.policy.conditions import Matcher, Test, compile_when, needed
from evo.agents.policy.ordering import Edge
from genomes.rules.rule import Kind, Rule

_STRENGTH: dict[Kind, int] = {
    "requires": 0,
    "never_after": 0,
    "before": 1,
    "first": 1,
    "last": 1,
    "prefer": 2,
}


class Ranked(NamedTuple):
    """A compiled rule that orders calls.

    Attributes:
        rule: The rule.
        test: Its conditions; ``None`` if it has none.
        swapped: Whether the call that comes earlier is the rule's second.
        pair: Whether it speaks of two calls rather than of one and all others.
        of_x: Arguments without which no call can be its first.
        of_y: Arguments without which no call can be its second.
    """

    rule: Rule
    test: Test | None
    swapped: bool
    pair: bool
    of_x: frozenset[str]
    of_y: frozenset[str]


class Masks(NamedTuple):
    """Which rules, as bits by rank, speak of a call in which role."""

    early: int
    late: int
    alone: int


class OrderRules:
    """All rules of a policy that order calls.

    Ranked by strength: what is required or forbidden before what is wanted (before, first,
    last) before what is preferred; then by priority, by specificity, and by place in the list.

    Args:
        rules: The policy.
        matches: Whether a selector means a tool.
    """

    def __init__(self, rules: Sequence[Rule], matches: Matcher) -> None:
        self._matches = matches
        chosen = sorted(
            (rule for rule in rules if rule.kind in _STRENGTH),
            key=lambda rule: (_STRENGTH[rule.kind], -rule.priority, -rule.specificity),
        )
        self.ranked = [
            Ranked(
                rule,
                compile_when(rule, matches),
                rule.kind == "requires",
                rule.y is not None,
                needed(rule, "x"),
                needed(rule, "y"),
            )
            for rule in chosen
        ]
        self._free = sum(1 << rank for rank, one in enumerate(self.ranked) if one.test is None)
        self._masks: dict[tuple[str, frozenset[str]], Masks] = {}

    def edges(self, calls: Sequence[Call], now: Situation) -> list[Edge]:
        """What the rules wish for these calls, the strongest wish first."""
        masks = [self.masks(call) for call in calls]
        found: list[Edge] = []
        for i in range(len(calls) - 1):
            early, late, _ = masks[i]
            for j in range(i + 1, len(calls)):
                forward, backward = early & masks[j].late, masks[j].early & late
                if forward or backward:
                    found.extend(self._pair(calls, i, j, forward, backward, now))
        if any(one.alone for one in masks):
            found.extend(self._alone(calls, masks, now))
        found.sort()
        return found

    def masks(self, call: Call) -> Masks:
        """Which rules may speak of a call, judged by its tool and its arguments' names."""
        known = self._masks.get(call.shape)
        if known is None:
            known = self._masks[call.shape] = self._look_up(call)
        return known

    def _look_up(self, call: Call) -> Masks:
        early = late = alone = 0
        for rank, one in enumerate(self.ranked):
            as_x, as_y = self._fits(one, call)
            if not one.pair:
                alone |= as_x << rank
            elif one.swapped:
                early, late = early | as_y << rank, late | as_x << rank
            else:
                early, late = early | as_x << rank, late | as_y << rank
        return Masks(early, late, alone)

    def _fits(self, one: Ranked, call: Call) -> tuple[bool, bool]:
        tool, given = call.shape
        x, y = one.rule.x, one.rule.y
        as_x = x is not None and one.of_x <= given and self._matches(x, tool)
        as_y = y is not None and one.of_y <= given and self._matches(y, tool)
        return as_x, as_y

    def _pair(
        self, calls: Sequence[Call], i: int, j: int, forward: int, backward: int, now: Situation
    ) -> Iterator[Edge]:
        # A rule that says both "i before j" and "j before i" says nothing about them.
        mute = forward & backward & self._free
        forward ^= mute
        backward ^= mute
        bits = forward | backward
        while bits:
            bit = bits & -bits
            bits ^= bit
            rank = bit.bit_length() - 1
            ahead = bool(forward & bit) and self._holds(rank, calls[i], calls[j], now)
            behind = bool(backward & bit) and self._holds(rank, calls[j], calls[i], now)
            if ahead != behind:
                yield (rank, i, j) if ahead else (rank, j, i)

    def _holds(self, rank: int, early: Call, late: Call, now: Situation) -> bool:
        _, test, swapped, *_ = self.ranked[rank]
        if test is None:
            return True
        return test(late.args, early.args, now) if swapped else test(early.args, late.args, now)

    def _alone(
        self, calls: Sequence[Call], masks: Sequence[Masks], now: Situation
    ) -> Iterator[Edge]:
        """Edges of ``first``, ``last`` and ``prefer``: between those meant and all others."""
        for rank, one in enumerate(self.ranked):
            if one.pair:
                continue
            meant = [
                bool(mask.alone >> rank & 1) and (one.test is None or one.test(call.args, {}, now))
                for call, mask in zip(calls, masks, strict=True)
            ]
            ahead = one.rule.kind != "last"
            for i, inside in enumerate(meant):
                for j, other in enumerate(meant):
                    if inside and not other:
                        yield (rank, i, j) if ahead else (rank, j, i)
