"""Mixtures of two parents. A child holds nothing that neither parent holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from genomes.decision import DecisionGene
from genomes.demo import DemoGene
from genomes.fragment import FragmentGene
from genomes.genome import Gene
from genomes.reasoning import ReasoningGene
from genomes.spec import Slot
from genomes.variation.bounds import clip
from genomes.variation.content import changed, text_of, with_text
from genomes.variation.draw import shuffled
from genomes.variation.recombination import Pair
from genomes.variation.sentences import Sentences, split
from genomes.variation.site import instructs

_TEXTS = (FragmentGene, ReasoningGene)


def uniform(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """Each differing gene from either parent with equal chance."""
    while len(pair.differing) > 1:  # ends with the caller's tries
        coins = rng.random(len(pair.differing)) < 0.5
        yield tuple(new for (_, new, _), coin in zip(pair.differing, coins, strict=True) if coin)


def one_point(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """The first part of the differing genes from one parent, the rest from the other."""
    genes = [new for _, new, _ in pair.differing]
    for cut in shuffled(range(1, len(genes)), rng):
        first = rng.random() < 0.5
        yield tuple(genes[:cut] if first else genes[cut:])
        yield tuple(genes[cut:] if first else genes[:cut])


def inherit_gene(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """One gene of the second parent in the first: the smallest step that can be credited."""
    if len(pair.differing) > 1:
        for _, new, _ in shuffled(pair.differing, rng):
            yield (new,)


def splice_sentences(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """The head of one text and the tail of the other, cut between sentences."""
    for old, new, _ in shuffled(pair.differing, rng):
        if isinstance(old, _TEXTS) and isinstance(new, _TEXTS) and instructs(old):
            both = shuffled([split(text_of(old)), split(text_of(new))], rng)
            for text in _splices(both[0], both[1], rng):
                yield (with_text(old, text),)


def mix_demos(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """A random part of both parents' demonstrations, in random order."""
    for old, new, slot in shuffled(pair.differing, rng):
        if isinstance(old, DemoGene) and isinstance(new, DemoGene):
            yield from _mixed(old, new, slot, rng)


def blend_decisions(pair: Pair, rng: np.random.Generator) -> Iterator[tuple[Gene, ...]]:
    """Each differing number somewhere between its parents' (arithmetical crossover)."""
    numbers = [
        (old, new.number(), slot)
        for old, new, slot in pair.differing
        if isinstance(old, DecisionGene)
        and isinstance(new, DecisionGene)
        and not isinstance(new.value, str)
    ]
    while numbers:  # ends with the caller's tries
        yield tuple(
            changed(old, value=_between(old, other, slot, float(rng.random())))
            for old, other, slot in numbers
        )


def _between(old: DecisionGene, other: float, slot: Slot, weight: float) -> float:
    return clip(old.number() + weight * (other - old.number()), old, slot)


def _splices(head: Sentences, tail: Sentences, rng: np.random.Generator) -> Iterator[str]:
    cuts = [(i, j) for i in range(1, len(head.parts) + 1) for j in range(len(tail.parts))]
    for i, j in shuffled(cuts, rng):
        kept = Sentences(head.parts[:i], head.gaps[: i - 1])
        rest = Sentences(tail.parts[j:], tail.gaps[j:])
        if not set(kept.parts) & set(rest.parts):
            gap = (tail.gaps[j - 1 : j] or head.gaps[i - 1 : i] or (" ",))[0]
            yield f"{kept}{gap}{rest}"


def _mixed(
    old: DemoGene, new: DemoGene, slot: Slot, rng: np.random.Generator
) -> Iterator[tuple[Gene, ...]]:
    union = list({demo.example_id: demo for demo in (*old.demos, *new.demos)}.values())
    most = min(slot.max_demos, len(union))
    while most and len(union) > 1:  # ends with the caller's tries
        size = int(rng.integers(1, most + 1))
        yield (changed(old, demos=tuple(shuffled(union, rng)[:size])),)
