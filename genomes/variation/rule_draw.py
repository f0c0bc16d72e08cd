"""Random rules and parts of rules from the material of a ``RuleSpace``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from genomes.rules.condition import WHOLE, Called, Compare, Condition, Const, Ref, Source
from genomes.rules.rule import FORMS, Kind, Rule
from genomes.rules.selector import ANY, Selector, SelectorKind
from genomes.rules.space import RuleSpace
from genomes.variation.draw import shuffled

_JOIN = 0.5  # chance that a rule on two calls compares their arguments
_TEST = 0.25  # chance of another condition where none is needed
_WIDE = 0.5  # chance that a selector is wider than one tool
_RANKED = 0.25  # chance of a priority
_SOURCES: tuple[Source, ...] = ("observation", "error", "request")


def random_rules(space: RuleSpace, rng: np.random.Generator) -> Iterator[Rule]:
    """Random rules of the allowed kinds, without end unless nothing can be drawn."""
    barren = 0
    while barren < 100:  # e.g. "stop" without any text or state to ask for
        rule = _random(space, rng)
        barren = 0 if rule is not None else barren + 1
        if rule is not None:
            yield rule


def wider(selector: Selector, space: RuleSpace) -> list[Selector]:
    """Selectors that mean more tools: a tool's class, verb and words, then any."""
    tools, found = space.toolset, []
    if selector.kind == "tool":
        for kind in ("class", "verb", "word"):
            for name in tools.choices(kind):
                one = Selector(kind, name)
                if selector.name in tools.select(one):
                    found.append(one)
    if selector.kind != "any":
        found.append(ANY)
    return [one for one in found if one.kind in space.selectors]


def narrower(selector: Selector, space: RuleSpace) -> list[Selector]:
    """Selectors that mean fewer tools: from any to classes, verbs and words, then to tools."""
    tools = space.toolset
    kinds: tuple[SelectorKind, ...] = ("class", "verb", "word") if selector == ANY else ("tool",)
    if selector.kind == "tool":
        return []
    meant = set(tools.select(selector))
    found = [Selector(kind, name) for kind in kinds for name in tools.choices(kind)]
    return [one for one in found if one.kind in space.selectors and set(tools.select(one)) <= meant]


def joins(
    rule: Rule, space: RuleSpace, rng: np.random.Generator, *, swapped: bool | None = None
) -> Iterator[Compare]:
    """Comparisons of arguments of the two calls of a rule: likely pairs first, then any.

    ``swapped`` says that the rule's second call comes earlier; by default its kind does.
    """
    if rule.x is None or rule.y is None:
        return
    first, second = _roles(rule.x, space), _roles(rule.y, space)
    if swapped is None:
        swapped = rule.kind == "requires"
    for early, late in shuffled(space.pairs, rng):
        x, y = (late, early) if swapped else (early, late)
        if x in (*first, WHOLE) and y in (*second, WHOLE):
            yield _same(x, y)
    for x in shuffled([*first, WHOLE], rng):
        for y in shuffled([*second, WHOLE], rng):
            yield _same(x, y)


def tests(rule: Rule, space: RuleSpace, rng: np.random.Generator) -> list[Condition]:
    """Other conditions that a rule could have, in random order."""
    found: list[Condition] = []
    for source, selector in (("x", rule.x), ("y", rule.y)):
        if selector is not None:
            known = _roles(selector, space, of_values=True)
            found += [
                Compare(Ref("x" if source == "x" else "y", role), "=", Const(value))
                for role, value in space.values
                if role in known
            ]
    found += [Compare(Ref("state", path), "=", Const(value)) for path, value in space.states]
    found += [
        Compare(Ref(source), "contains", Const.of(text))
        for text in space.texts
        for source in _SOURCES
    ]
    if rule.kind not in _ORDER_ONLY:
        names = shuffled(space.toolset.names, rng)[:2]
        found += [Called(Selector("tool", name), bool(rng.integers(2))) for name in names]
    return shuffled(found, rng)


def with_condition(rule: Rule, condition: Condition) -> Rule | None:
    """The rule with one condition more; ``None`` if it has it or cannot."""
    try:
        return replace(rule, when=(*rule.when, condition))
    except ValueError:
        return None


def _random(space: RuleSpace, rng: np.random.Generator) -> Rule | None:
    kind: Kind = space.kinds[int(rng.integers(len(space.kinds)))]
    form = FORMS[kind]
    x = _selector(space, rng) if form.x == "must" or rng.random() < 0.5 else None
    y = _selector(space, rng) if form.y == "must" or rng.random() < 0.5 else None
    most = space.max_count + 1
    when = _conditions(Rule("before", x or ANY, y or ANY), kind, space, rng)
    try:
        return Rule(
            kind,
            x if form.x != "none" else None,
            y if form.y != "none" else None,
            count=int(rng.integers(1, most)) if form.count == "must" else None,
            when=when,
            priority=_priority(space, rng),
        )
    except ValueError:  # no condition where one is needed, or one that the kind cannot have
        return None


def _conditions(
    plain: Rule, kind: Kind, space: RuleSpace, rng: np.random.Generator
) -> tuple[Condition, ...]:
    form, found = FORMS[kind], list[Condition]()
    if form.y != "none" and rng.random() < _JOIN:
        found += islice(joins(plain, space, rng, swapped=kind == "requires"), 1)
    if form.when == "must" or rng.random() < _TEST:
        needs = {"x": form.x != "none", "y": form.y != "none"}
        fitting = [
            one
            for one in tests(plain, space, rng)
            if isinstance(one, Called) or all(needs.get(ref.source, True) for ref in one.refs)
        ]
        found += fitting[:1]
    return tuple(found[: space.max_conditions])


def _priority(space: RuleSpace, rng: np.random.Generator) -> int:
    # Most rules need none; a set whose rules all differ in priority is hard to read.
    return int(rng.integers(space.max_priority + 1)) if rng.random() < _RANKED else 0


def _selector(space: RuleSpace, rng: np.random.Generator) -> Selector:
    kinds = [kind for kind in space.selectors if kind != "tool" and _named(kind, space)]
    if kinds and ("tool" not in space.selectors or rng.random() < _WIDE):
        kind = kinds[int(rng.integers(len(kinds)))]
        names = _named(kind, space)
        return ANY if kind == "any" else Selector(kind, names[int(rng.integers(len(names)))])
    names = space.toolset.names
    return Selector("tool", names[int(rng.integers(len(names)))])


def _named(kind: SelectorKind, space: RuleSpace) -> tuple[str, ...]:
    return ("any",) if kind == "any" else space.toolset.choices(kind)


def _roles(selector: Selector, space: RuleSpace, *, of_values: bool = False) -> list[str]:
    """Arguments of the tools that a selector means, as far as conditions may name them."""
    tools = space.toolset
    found = dict.fromkeys(arg for name in tools.select(selector) for arg in tools.args_of(name))
    return [arg for arg in found if of_values or arg in space.known_roles]


def _same(x: str, y: str) -> Compare:
    return Compare(Ref("x", x), "=", Ref("y", y))


_ORDER_ONLY = ("before", "first", "last")
