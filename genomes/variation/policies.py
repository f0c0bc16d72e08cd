"""Moves on the rules of a policy. A child never holds a contradiction that its parent lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from genomes.genome import Gene
from genomes.policy import PolicyGene
from genomes.rules.condition import Compare, Condition, Ref
from genomes.rules.contradictions import contradictions
from genomes.rules.rule import Rule
from genomes.rules.selector import Selector
from genomes.rules.space import RuleSpace
from genomes.variation.content import changed
from genomes.variation.draw import shuffled
from genomes.variation.rule_draw import (
    joins,
    narrower,
    random_rules,
    tests,
    wider,
    with_condition,
)
from genomes.variation.site import Site

_DRAWS = 60
"""Most random rules that one move draws."""

Edits = Callable[[Rule], Iterator[Rule | None]]


def add_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One random rule more, at a random place."""
    gene, space = _open(site)
    if gene is not None and space is not None and len(gene.rules) < space.max_rules:
        for rule in islice(random_rules(space, rng), _DRAWS):
            place = int(rng.integers(len(gene.rules) + 1))
            yield from _held(gene, site, _spliced(gene, place, place, rule))


def drop_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One rule less."""
    gene, _ = _open(site)
    if gene is not None:
        for index in shuffled(range(len(gene.rules)), rng):
            yield changed(gene, rules=gene.rules[:index] + gene.rules[index + 1 :])


def replace_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A random rule in the place of one."""
    gene, space = _open(site)
    if gene is not None and space is not None and gene.rules:
        for rule in islice(random_rules(space, rng), _DRAWS):
            place = int(rng.integers(len(gene.rules)))
            yield from _held(gene, site, _spliced(gene, place, place + 1, rule))


def change_priority(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """Another priority for one rule; only the engine knows priorities."""
    gene, space = _open(site)
    if gene is None or not gene.enforce:
        return iter(())
    most = space.max_priority if space is not None else 3

    def edits(rule: Rule) -> Iterator[Rule | None]:
        for priority in shuffled(range(most + 1), rng):
            yield replace(rule, priority=priority)

    return _edited(site, rng, edits)


def change_count(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One more or one less in ``at most`` or ``retry``."""
    _, space = _open(site)
    most = space.max_count if space is not None else 3

    def edits(rule: Rule) -> Iterator[Rule | None]:
        for step in shuffled((-1, 1), rng) if rule.count is not None else ():
            count = (rule.count or 0) + step
            yield replace(rule, count=count) if 1 <= count <= most else None

    return _edited(site, rng, edits)


def flip_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """The opposite order: the calls of a rule change places, first becomes last."""
    return _edited(site, rng, lambda rule: iter((_flipped(rule),)))


def move_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One rule at another place in the list, which decides where nothing else does."""
    gene, _ = _open(site)
    if gene is not None:
        for index in shuffled(range(len(gene.rules)), rng):
            rest = gene.rules[:index] + gene.rules[index + 1 :]
            for place in shuffled(range(len(gene.rules)), rng):
                moved = (*rest[:place], gene.rules[index], *rest[place:])
                if moved != gene.rules:
                    yield changed(gene, rules=moved)


def generalise_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A selector that means more tools (tool, then class, verb or word, then any), or no scope."""
    _, space = _open(site)
    if space is None:
        return iter(())
    scopes = ((),) if space.domains else ()
    return _reached(site, rng, lambda one: wider(one, space), scopes)


def specialise_rule(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A selector that means fewer tools, or a rule for fewer domains."""
    _, space = _open(site)
    if space is None:
        return iter(())
    scopes = tuple((name,) for name in space.domains)
    return _reached(site, rng, lambda one: narrower(one, space), scopes)


def add_condition(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One condition more; for a rule on two calls an equality of their arguments as often."""
    _, space = _open(site)

    def edits(rule: Rule) -> Iterator[Rule | None]:
        if space is None or len(rule.when) >= space.max_conditions:
            return
        joined: list[Condition] = list(islice(joins(rule, space, rng), 4))
        others = tests(rule, space, rng)[:4]
        for one in joined + others if rng.random() < 0.5 else others + joined:
            yield with_condition(rule, one)

    return _edited(site, rng, edits)


def drop_condition(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One condition less."""

    def edits(rule: Rule) -> Iterator[Rule | None]:
        for index in shuffled(range(len(rule.when)), rng):
            yield _made(rule, when=rule.when[:index] + rule.when[index + 1 :])

    return _edited(site, rng, edits)


def redrawn(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A whole new set of rules, locked lines first, its size uniform from 0 to the most."""
    gene, space = _open(site)
    if gene is None or space is None:
        return
    locked = tuple(one for one in gene.rules if any(span in one for span in gene.locked))
    while True:  # ends with the caller's tries
        size = int(rng.integers(0, max(1, space.max_rules - len(locked) + 1)))
        drawn = (str(rule) for rule in islice(random_rules(space, rng), size))
        rules = tuple(dict.fromkeys((*locked, *drawn)))
        yield from _held(gene, site, _without_clashes(rules, len(locked), space))


def coherent(rules: Sequence[str], old: PolicyGene, site: Site) -> PolicyGene | None:
    """The gene with other rules; ``None`` if one is there twice or they contradict anew."""
    if len(set(rules)) < len(rules):
        return None
    gene, space = changed(old, rules=tuple(rules)), site.slot.rules
    if space is not None:
        before = set(map(str, contradictions(old.parsed, space.toolset)))
        if set(map(str, contradictions(gene.parsed, space.toolset))) - before:
            return None
    return gene


def acts(gene: PolicyGene) -> bool:
    """Whether the rules reach the engine or the prompt; otherwise there is nothing to vary."""
    return gene.enforce or gene.text


def _open(site: Site) -> tuple[PolicyGene | None, RuleSpace | None]:
    gene = site.gene
    if isinstance(gene, PolicyGene) and acts(gene):
        return gene, site.slot.rules
    return None, None


def _held(gene: PolicyGene, site: Site, rules: Sequence[str]) -> Iterator[Gene]:
    found = coherent(rules, gene, site)
    if found is not None:
        yield found


def _spliced(gene: PolicyGene, start: int, end: int, rule: Rule) -> tuple[str, ...]:
    return (*gene.rules[:start], str(rule), *gene.rules[end:])


def _edited(site: Site, rng: np.random.Generator, edits: Edits) -> Iterator[Gene]:
    """The gene with one of its rules edited, rules in random order."""
    gene, _ = _open(site)
    if gene is None:
        return
    for index in shuffled(range(len(gene.rules)), rng):
        for rule in edits(gene.parsed[index]):
            if rule is not None:
                yield from _held(gene, site, _spliced(gene, index, index + 1, rule))


def _reached(
    site: Site,
    rng: np.random.Generator,
    others: Callable[[Selector], Sequence[Selector]],
    scopes: Sequence[tuple[str, ...]],
) -> Iterator[Gene]:
    """The gene with one rule that reaches other calls or domains."""

    def edits(rule: Rule) -> Iterator[Rule | None]:
        found: list[dict[str, object]] = [
            {side: other}
            for side, present in (("x", rule.x), ("y", rule.y))
            for other in (others(present) if present is not None else ())
        ]
        found += [{"domains": scope} for scope in scopes if bool(scope) != bool(rule.domains)]
        for fields in shuffled(found, rng):
            yield _made(rule, **fields)

    return _edited(site, rng, edits)


def _made(rule: Rule, **fields: object) -> Rule | None:
    try:
        return replace(rule, **fields)  # type: ignore[arg-type]
    except ValueError:
        return None


def _flipped(rule: Rule) -> Rule | None:
    if rule.kind in ("first", "last"):
        return replace(rule, kind="last" if rule.kind == "first" else "first")
    if rule.y is None:
        return None
    when = tuple(_turned(one) if isinstance(one, Compare) else one for one in rule.when)
    return replace(rule, x=rule.y, y=rule.x, when=when, insert=None)


def _turned(one: Compare) -> Compare:
    right = _other(one.right) if isinstance(one.right, Ref) else one.right
    return Compare(_other(one.left), one.op, right)


def _other(ref: Ref) -> Ref:
    return Ref("y" if ref.source == "x" else "x", ref.path) if ref.is_role else ref


def _without_clashes(rules: Sequence[str], first: int, space: RuleSpace) -> tuple[str, ...]:
    """The rules up to the first that contradicts those before it, and so on."""
    kept = PolicyGene(id="draft", rules=tuple(rules[:first]))
    for line in rules[first:]:
        more = changed(kept, rules=(*kept.rules, line))
        if not contradictions(more.parsed, space.toolset):
            kept = more
    return kept.rules
