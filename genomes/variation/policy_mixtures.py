"""Mixtures of the rules of two parents. A child holds only rules that a parent holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from genomes.genome import Gene
from genomes.policy import PolicyGene
from genomes.spec import Slot
from genomes.variation.draw import shuffled
from genomes.variation.policies import acts, coherent
from genomes.variation.recombination import Pair
from genomes.variation.site import Site


def union_rules(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """The first parent's rules, then as many of the other's as fit, in random order."""
    for old, new, slot in _policies(pair, rng):
        others = [rule for rule in new.rules if rule not in old.rules]
        most = slot.rules.max_rules if slot.rules is not None else len(old.rules) + len(others)
        room = most - len(old.rules)
        yield from _child(pair, old, slot, (*old.rules, *others[: max(0, room)]))
        if 0 < room < len(others):
            yield from _child(pair, old, slot, (*old.rules, *shuffled(others, rng)[:room]))


def inherit_rule(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """One rule of the other parent more: the smallest step that can be credited."""
    for old, new, slot in _policies(pair, rng):
        for rule in shuffled([one for one in new.rules if one not in old.rules], rng):
            place = int(rng.integers(len(old.rules) + 1))
            rules = (*old.rules[:place], rule, *old.rules[place:])
            yield from _child(pair, old, slot, rules)


def mix_rules(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """What both hold, and each other rule with equal chance."""
    for old, new, slot in _policies(pair, rng):
        both = tuple(dict.fromkeys((*old.rules, *new.rules)))
        shared = set(old.rules) & set(new.rules)
        for _ in range(20):
            coins = rng.random(len(both)) < 0.5
            kept = [r for r, coin in zip(both, coins, strict=True) if coin or r in shared]
            yield from _child(pair, old, slot, kept)


def _policies(
    pair: Pair, rng: np.random.Generator
) -> Iterator[tuple[PolicyGene, PolicyGene, Slot]]:
    for old, new, slot in shuffled(pair.differing, rng):
        if isinstance(old, PolicyGene) and isinstance(new, PolicyGene) and acts(old):
            yield old, new, slot


def _child(
    pair: Pair, old: PolicyGene, slot: Slot, rules: Sequence[str]
) -> Iterator[tuple[Gene, ...]]:
    gene = coherent(rules, old, Site(old, slot, pair.a, pair.spec))
    if gene is not None:
        yield (gene,)
