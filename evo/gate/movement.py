"""How far a candidate moves away from the champion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import numpy as np

from genomes import Genome, render
from genomes.scoping import SEPARATOR

if TYPE_CHECKING:
    from evo.gate.config import GateConfig


@dataclass(frozen=True)
class Movement:
    """The size of a change.

    Attributes:
        genes: Ids of the genes that act otherwise in some domain: added, removed, changed or
            moved. A gene that was split for one domain counts under its first name.
        words: Words to insert, delete or replace in the prompt of the domain that changes most
            (demonstrations included).
        domain: That domain; empty if no prompt changes.
    """

    genes: tuple[str, ...]
    words: int
    domain: str

    def beyond(self, config: GateConfig) -> str | None:
        """Which limit of the gate it exceeds, with the numbers; ``None`` if it keeps both."""
        most = config.max_changed_genes
        if most is not None and len(self.genes) > most:
            return (
                f"it changes {len(self.genes)} genes ({', '.join(self.genes)}), "
                f"gate.max_changed_genes allows {most}"
            )
        most = config.max_edit_distance
        if most is not None and self.words > most:
            return (
                f"it changes {self.words} words of the prompt of domain {self.domain!r}, "
                f"gate.max_edit_distance allows {most}"
            )
        return None


def movement(champion: Genome, candidate: Genome) -> Movement:
    """How far ``candidate`` is from ``champion``; both have the same domains."""
    names = [domain.name for domain in champion.domains]
    changed = {name for domain in names for name in _changed(champion, candidate, domain)}
    order = dict.fromkeys(_name(gene.id) for gene in (*champion.genes, *candidate.genes))
    distances = [
        (word_distance(_prompt(champion, name), _prompt(candidate, name)), name) for name in names
    ]
    words, domain = max(distances, key=lambda found: found[0], default=(0, ""))
    return Movement(
        tuple(name for name in order if name in changed), words, domain if words else ""
    )


def word_distance(before: Sequence[str], after: Sequence[str]) -> int:
    """Least number of words to insert, delete or replace (Levenshtein 1966).

    One row a step over arrays: quadratic in the words that are left when the common beginning and
    end are taken away; 3,000 against 3,000 words take some tenths of a second.
    """
    start, stop = _common(before, after)
    old, new = before[start : len(before) - stop], after[start : len(after) - stop]
    if not old or not new:
        return max(len(old), len(new))
    numbers = {word: number for number, word in enumerate(dict.fromkeys((*old, *new)))}
    target = np.array([numbers[word] for word in new])
    steps = np.arange(len(new) + 1)
    row = steps.copy()
    for count, word in enumerate(old, start=1):
        best = np.minimum(row[1:] + 1, row[:-1] + (target != numbers[word]))
        # An insertion comes from the left: the running minimum along the row, less its slope.
        row = np.minimum.accumulate(np.concatenate([[count], best]) - steps) + steps
    return int(row[-1])


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    shortest = min(len(before), len(after))
    start = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    rest = shortest - start
    stop = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    return start, stop


def _prompt(genome: Genome, domain: str) -> list[str]:
    return [
        word for turn in render(genome, domain).turns for word in (turn.role, *turn.text.split())
    ]


def _changed(champion: Genome, candidate: Genome, domain: str) -> Iterator[str]:
    old, new = dict(_acting(champion, domain)), dict(_acting(candidate, domain))
    yield from (name for name in {*old, *new} if old.get(name) != new.get(name))
    before, after = ([name for name in one if name in old and name in new] for one in (old, new))
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in before[block.a : block.a + block.size]}
    yield from (name for name in before if name not in stayed)


def _acting(genome: Genome, domain: str) -> Iterator[tuple[str, list[Any]]]:
    """The genes that act in a domain by first name, in order, without what packs them."""
    found: dict[str, list[Any]] = {}
    for gene in genome.genes:
        if gene.acts_in(domain):
            content = gene.model_dump(mode="json", exclude={"id", "scope", "locked"})
            found.setdefault(_name(gene.id), []).append(content)
    return iter(found.items())


def _name(gene_id: str) -> str:
    return gene_id.partition(SEPARATOR)[0]
