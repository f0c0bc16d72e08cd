"""The policy engine: which calls are allowed, in which order, what to insert, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from evo.agents.policy.call import NOTHING, Call, Situation
from evo.agents.policy.compiled import OrderRules
from evo.agents.policy.decision import Decision, Effect, Fired, Ordering
from evo.agents.policy.guards import Guards
from evo.agents.policy.ordering import Edge, settle, sort
from evo.agents.policy.verdicts import Verdicts
from genomes.rules.policy import Policy, Ties
from genomes.rules.rule import Rule
from genomes.rules.selector import Selector
from genomes.rules.tools import Toolset


class Engine:
    """Enforces rules; deterministic, no model, nothing remembered between steps.

    What it may remember is derived from rules and calls alone, so one engine may serve many
    episodes; it is not thread-safe only in that two threads may derive the same thing twice.

    Args:
        rules: The policy, scope already applied; the order of the list is the last resort where
            two rules disagree.
        tools: The tools, for their classes; without it a class is what stands before the last
            dot of a name.
        ties: Order of what no rule decides.
    """

    def __init__(
        self, rules: Iterable[Rule], tools: Toolset | None = None, *, ties: Ties = "given"
    ) -> None:
        self.rules = tuple(rules)
        self.ties = ties
        self._tools = tools
        self._matched: dict[tuple[Selector, str], bool] = {}
        self._order = OrderRules(self.rules, self._matches)
        self._guards = Guards(self.rules, self._matches)
        self._verdicts = Verdicts(self.rules, self._matches)

    @classmethod
    def of(cls, policy: Policy | None, tools: Toolset | None = None) -> Engine:
        """The engine for what a genome renders to; without a policy it lets everything pass."""
        return cls(policy.parsed(), tools, ties=policy.ties) if policy else cls((), tools)

    def arrange(self, calls: Sequence[Call], now: Situation = NOTHING) -> tuple[int, ...]:
        """The order of a bag of calls, as indices: the fast way, without reasons."""
        order = self._by_default(calls)
        edges = self._order.edges([calls[i] for i in order], now) if len(calls) > 1 else []
        if not edges:
            return tuple(order)
        return tuple(order[i] for i in sort(settle(len(calls), edges).before))

    def order(self, calls: Sequence[Call], now: Situation = NOTHING) -> Ordering:
        """The order of a bag of calls that are all to be made, with reasons. No veto."""
        return self._ordering(calls, now, frozenset())

    def _ordering(self, calls: Sequence[Call], now: Situation, done: frozenset[str]) -> Ordering:
        order = self._by_default(calls)
        ranked = [calls[i] for i in order]
        edges = self._order.edges(ranked, now)
        if done:
            edges = [one for one in edges if not self._fulfilled(one, ranked, done)]
        before, dropped = settle(len(calls), edges)
        found = tuple(order[i] for i in sort(before))
        refused = set(dropped)
        fired = [self._fired(edge, ranked, edge in refused) for edge in edges]
        return Ordering(found, tuple(calls[i] for i in found), tuple(fired))

    def decide(self, proposed: Sequence[Call], now: Situation = NOTHING) -> Decision:
        """What to do about calls that are all proposed to be made.

        First ``refuse``, ``stop``, ``ask`` and ``retry`` are asked (the highest priority; of
        equal ones in this order). Otherwise the calls are ordered; then each in turn is let
        through, gets what it requires inserted before it, or is vetoed, given the history and
        what was let through before it.
        """
        verdict = self._verdicts.on(proposed, now)
        if verdict is not None:
            return verdict
        ordering = self.order(proposed, now)
        passed = self._guards.walk(ordering.calls, now)
        return replace(passed, fired=ordering.fired + passed.fired)

    def choose(self, available: Sequence[Call], now: Situation = NOTHING) -> Decision:
        """Which of several alternatives may be called now, the best first.

        Each is judged by the history alone: an alternative satisfies no requirement of another.
        What could be inserted for one that lacks something is offered as an alternative. A wish
        (before, first, requires) for a tool that has been called is fulfilled and ranks no more.
        """
        verdict = self._verdicts.on((), now)
        if verdict is not None:
            return verdict
        passed = self._guards.each(available, now)
        done = frozenset(step.call.tool for step in now.history if step.error is None)
        ordering = self._ordering(passed.calls, now, done)
        return replace(passed, calls=ordering.calls, fired=ordering.fired + passed.fired)

    def _fired(self, edge: Edge, calls: Sequence[Call], refused: bool) -> Fired:
        rank, early, late = edge
        effect: Effect = "overruled" if refused else "ordered"
        return Fired(self._order.ranked[rank].rule, effect, (calls[early], calls[late]))

    def _fulfilled(self, edge: Edge, calls: Sequence[Call], done: frozenset[str]) -> bool:
        rank, early, _ = edge
        wish = self._order.ranked[rank].rule.kind in ("before", "first", "requires")
        return wish and calls[early].tool in done

    def _by_default(self, calls: Sequence[Call]) -> list[int]:
        if self.ties == "given":
            return list(range(len(calls)))
        return sorted(range(len(calls)), key=lambda i: (_KEYS[self.ties](calls[i]), i))

    def _matches(self, selector: Selector, tool: str) -> bool:
        if selector.kind == "tool":  # the commonest kinds need no look-up
            return selector.name == tool
        if selector.kind == "any":
            return True
        known = self._matched.get((selector, tool))
        if known is None:
            group = self._tools.class_of(tool) if self._tools is not None else None
            known = self._matched[selector, tool] = selector.matches(tool, group)
        return known


_KEYS: dict[str, Callable[[Call], str]] = {
    "alphabetical": lambda call: call.text,
    "hash": lambda call: call.digest,
}
