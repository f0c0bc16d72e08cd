"""Does a genome carry text of examples that judge? Found before the gate spends anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from fitness.suites import Example, Role, Suite
from genomes import DemoGene, Genome, GenomeSpec, render

SHINGLE = 8
"""Words in a row that a genome may not share with a held-out text."""

SHORTEST = 5
"""Words below which a whole text gives nothing away: labels, names, figures."""

Words = tuple[str, ...]
Phrases = dict[Words, str]

_NO_TEXT = {"id", "scope", "kind", "locked"}
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Scripts without spaces between words: there a character is a word.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


@dataclass(frozen=True)
class Leak:
    """A held-out example whose text a genome carries. For the user; no proposer may see it.

    Attributes:
        gene: Id of the gene; ``prompt of DOMAIN`` where only genes side by side give the text.
        suite: Name of the suite.
        role: ``gate``, ``regression`` or ``audit``.
        example_id: The example.
    """

    gene: str
    suite: str
    role: Role
    example_id: str

    def line(self) -> str:
        """The place in words."""
        return (
            f"{self.gene} carries text of example {self.example_id!r} of suite {self.suite!r} "
            f"({self.role})"
        )


def find_leaks(
    genome: Genome, suites: Sequence[Suite], seed: Genome, spec: GenomeSpec
) -> tuple[Leak, ...]:
    """The held-out examples whose text a genome carries, by gene.

    Held out is what is in no search suite. A text leaks if ``SHINGLE`` of its words stand in a row
    in the genome, or all of them where it has fewer, but at least ``SHORTEST``; case, accents,
    punctuation and spaces do not count (Broder 1997, word shingles). A demonstration with the
    inputs of a held-out example leaks however short they are. What also stands in a search
    suite, in the seed or in the stock library may be known without a leak.

    Linear in the length of the suites: about a second for 30,000 examples of 50 words.

    Args:
        genome: What is looked at.
        suites: All suites of the task.
        seed: The task's seed genome.
        spec: What may vary, with the stock library.
    """
    own = _own_phrases(genome, seed, spec)
    shown = _demonstrated(genome)
    held_out = [suite for suite in suites if suite.role != "search"]
    found = [
        (suite, example, hits)
        for suite in held_out
        for example in suite
        if (hits := _hits(example, own, shown))
    ]
    known = _known({words for _, _, hits in found for words in hits}, suites)
    leaks = (
        Leak(place, suite.name, suite.role, example.id)
        for suite, example, hits in found
        for words, place in hits.items()
        if words not in known
    )
    return tuple(dict.fromkeys(leaks))


def words_of(text: str) -> Words:
    """The words of a text in lower case, without accents, punctuation and invisible characters."""
    if text.isascii():
        return tuple(_WORD.findall(text.lower()))
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (one for one in letters if unicodedata.category(one) not in ("Mn", "Cf"))
    return tuple(_WORD.findall("".join(kept)))


def _own_phrases(genome: Genome, seed: Genome, spec: GenomeSpec) -> Phrases:
    """Phrases of the genome, to the gene that holds each; without those of seed and stock."""
    own: Phrases = {}
    for place, text in _texts(genome):
        for piece in _pieces(text):
            own.update((phrase, place) for phrase in _phrases(piece) if phrase not in own)
    for text in chain((text for _, text in _texts(seed)), _strings(spec.stock)):
        for piece in _pieces(text):
            for phrase in _phrases(piece):
                own.pop(phrase, None)
    return own


def _texts(genome: Genome) -> Iterator[tuple[str, str]]:
    for gene in genome.genes:
        for text in _strings(gene.model_dump(mode="json", exclude=_NO_TEXT)):
            yield f"gene {gene.id!r}", text
    # Text that is spread over genes is put together again where they are rendered.
    for domain in genome.domains:
        for turn in render(genome, domain.name).turns:
            yield f"the prompt of domain {domain.name!r}", turn.text


def _pieces(text: str) -> Iterator[Words]:
    return (words_of(piece) for piece in _PLACEHOLDER.split(text))


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        yield from chain.from_iterable(map(_strings, content.values()))
    elif isinstance(content, Iterable):
        yield from chain.from_iterable(map(_strings, content))


def _phrases(words: Words) -> Iterator[Words]:
    return chain.from_iterable(_runs(words, n) for n in range(SHORTEST, SHINGLE + 1))


def _runs(words: Words, n: int) -> Iterator[Words]:
    return zip(*(words[start:] for start in range(n)), strict=False)


def _hits(example: Example, own: Phrases, shown: Mapping[Words, str]) -> dict[Words, str]:
    """What of an example stands in the genome, to its place."""
    hits: dict[Words, str] = {}
    if shown and (whole := _inputs(example.inputs)) in shown:
        hits[("", *whole)] = shown[whole]
    for text in (*example.inputs.values(), example.target):
        words = words_of(text)
        if len(words) >= SHINGLE:
            if not own.keys().isdisjoint(_runs(words, SHINGLE)):
                hits.update((run, own[run]) for run in _runs(words, SHINGLE) if run in own)
        elif len(words) >= SHORTEST and words in own:
            hits[words] = own[words]
    return hits


def _demonstrated(genome: Genome) -> dict[Words, str]:
    return {
        _inputs(dict(demo.inputs)): f"gene {gene.id!r}"
        for gene in genome.genes
        if isinstance(gene, DemoGene)
        for demo in gene.demos
    }


def _inputs(inputs: Mapping[str, str]) -> Words:
    # As they are, not as words: two inputs of punctuation alone are not the same.
    return tuple(f"{name}\0{' '.join(inputs[name].split())}" for name in sorted(inputs))


def _known(hits: set[Words], suites: Sequence[Suite]) -> set[Words]:
    """Those that stand in a search suite too."""
    sizes = {len(words) for words in hits}
    if not sizes:
        return set()
    examples = [example for suite in suites if suite.role == "search" for example in suite]
    texts = chain.from_iterable((*one.inputs.values(), one.target) for one in examples)
    return {run for words in map(words_of, texts) for n in sizes for run in _runs(words, n)} & hits
