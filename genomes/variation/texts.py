"""Moves on fragments and reasoning templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from genomes.fragment import FragmentGene
from genomes.genome import Gene
from genomes.placeholders import fill_known
from genomes.reasoning import ReasoningGene
from genomes.variation import stock
from genomes.variation.content import TextGene, text_of, with_text
from genomes.variation.draw import shuffled
from genomes.variation.sentences import joined, split, words
from genomes.variation.site import Site, instructs


def swap_text(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock text in place of any text, whatever its kind."""
    gene = _text_gene(site)
    if gene is not None:
        for text in site.whole_texts(gene, rng):
            yield with_text(gene, _with_locked(text, gene, site))


def swap_instruction(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock text in place of a fragment of the system turn."""
    if isinstance(site.gene, FragmentGene) and site.gene.place == "system":
        yield from swap_text(site, rng)


def swap_template(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock template in place of a fragment of the user turn."""
    if isinstance(site.gene, FragmentGene) and site.gene.place == "user":
        yield from swap_text(site, rng)


def swap_reasoning(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock reasoning template in place of the present one."""
    if isinstance(site.gene, ReasoningGene):
        yield from swap_text(site, rng)


def swap_cue(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """Another last line, the cue right before the answer, under the same user template."""
    gene = site.gene
    if not isinstance(gene, FragmentGene) or gene.place != "user":
        return
    inputs = site.inputs(gene)
    body, cue = _cue(gene.text, inputs)
    others = (_cue(text, inputs)[1] for text in site.whole_texts(gene, rng))
    for other in dict.fromkeys(others):
        if other and other != cue:
            yield with_text(gene, f"{body}\n{other}")


def clear_text(site: Site, _rng: np.random.Generator) -> Iterator[Gene]:
    """No text at all, where the slot allows it; a reasoning template may always be empty."""
    gene = _text_gene(site)
    if gene is not None and text_of(gene):
        yield with_text(gene, "")


def append_sentence(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock sentence at the end."""
    gene = _running_text(site)
    if gene is not None and text_of(gene):
        for sentence in site.added_sentences(rng):
            if sentence not in text_of(gene):
                yield with_text(gene, joined(text_of(gene), sentence))


def replace_sentence(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A stock sentence in place of one that follows the first."""
    gene = _running_text(site)
    if gene is None:
        return
    sentences = split(text_of(gene))
    for sentence in site.added_sentences(rng):
        if sentence not in text_of(gene):
            for index in shuffled(range(1, len(sentences.parts)), rng)[:1]:
                yield with_text(gene, str(sentences.replaced(index, sentence)))


def drop_sentence(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One sentence less; the last sentence of a text stays (see ``clear_text``)."""
    gene = _running_text(site)
    if gene is None:
        return
    sentences = split(text_of(gene))
    if len(sentences.parts) > 1:
        for index in shuffled(range(len(sentences.parts)), rng):
            yield with_text(gene, str(sentences.without(index)))


def shuffle_sentences(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """The same sentences in another order."""
    gene = _running_text(site)
    if gene is None:
        return
    sentences = split(text_of(gene))
    if len(set(sentences.parts)) > 1:
        while True:  # ends with the caller's number of tries
            order = shuffled(range(len(sentences.parts)), rng)
            yield with_text(gene, str(sentences.reordered(order)))


def substitute_word(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One word by a synonym; never a label, never a placeholder."""
    gene = _text_gene(site)
    if gene is None:
        return
    synonyms, text = stock.mapping(site.spec, "synonyms"), text_of(gene)
    labels = {word.lower() for label in site.labels for word in label.split()}
    for match in shuffled(words(text), rng):
        word = match.group()
        if word.lower() not in labels:
            for other in shuffled(synonyms.get(word.lower(), []), rng):
                fitting = other.capitalize() if word[0].isupper() else other
                yield with_text(gene, text[: match.start()] + fitting + text[match.end() :])


def add_definitions(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """A line that defines a label, or one for every label, at the end of an instruction."""
    gene = _running_text(site)
    if gene is None or not {"instructions", "definitions"} & set(site.slot.library):
        return
    missing = [label for label in site.labels if not _defined(gene, label, site)]
    chosen = {label: shuffled(_definitions(label, site), rng) for label in shuffled(missing, rng)}
    lines = [texts[0] for label in missing if (texts := chosen[label])]
    alone = [text for texts in chosen.values() for text in texts]
    every = ["\n".join(lines)] if lines else []
    # All labels at once half of the time: a lone definition pulls towards its label.
    for line in every + alone if rng.random() < 0.5 else alone + every:
        yield with_text(gene, f"{text_of(gene)}\n{line}" if text_of(gene) else line)


def drop_definition(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """One label definition less."""
    gene = _running_text(site)
    if gene is None:
        return
    known = {text for label in site.labels for text in _definitions(label, site)}
    sentences = split(text_of(gene))
    for index in shuffled(range(len(sentences.parts)), rng):
        if sentences.parts[index] in known and len(sentences.parts) > 1:
            yield with_text(gene, str(sentences.without(index)))


def compress(site: Site, rng: np.random.Generator) -> Iterator[Gene]:
    """Fewer filler words and no superfluous white space."""
    gene = _text_gene(site)
    if gene is None:
        return
    text, labels = text_of(gene), {label.lower() for label in site.labels}
    fillers = [f for f in stock.listing(site.spec, "fillers") if f.lower() not in labels]
    every = text
    for filler in fillers:
        every = _without(every, filler)
    shorter = [every, *(_without(text, f) for f in shuffled(fillers, rng)), text]
    for candidate in dict.fromkeys(map(_tidy, shorter)):
        if candidate != text:
            yield with_text(gene, candidate)


def _with_locked(text: str, gene: TextGene, site: Site) -> str:
    lost = [span for span in gene.locked if span not in text]
    inputs = site.inputs(gene)
    if any(_shows(span, name) for span in lost for name in inputs):
        text = _cue(text, inputs)[1]  # the locked span shows the input already
    # A locked span goes before a user template, whose end must stay the cue of the answer.
    user = isinstance(gene, FragmentGene) and gene.place == "user"
    return "\n".join(filter(None, [*lost, text] if user else [text, *lost]))


def _text_gene(site: Site) -> TextGene | None:
    return site.gene if isinstance(site.gene, (FragmentGene, ReasoningGene)) else None


def _running_text(site: Site) -> TextGene | None:
    return _text_gene(site) if instructs(site.gene) else None


def _cue(text: str, inputs: tuple[str, ...]) -> tuple[str, str]:
    # The cue is what follows the last line that shows an input.
    lines = text.split("\n")
    shown = [i for i, line in enumerate(lines) if any(_shows(line, name) for name in inputs)]
    last = shown[-1] + 1 if shown else len(lines)
    return "\n".join(lines[:last]), "\n".join(lines[last:]).strip("\n")


def _shows(line: str, name: str) -> bool:
    return fill_known(line, {name: ""}) != line


def _definitions(label: str, site: Site) -> list[str]:
    known = stock.mapping(site.spec, "definitions").get(label.lower())
    patterns = known or stock.listing(site.spec, "definition_patterns")
    return [fill_known(pattern, {"label": label}) for pattern in patterns]


def _defined(gene: TextGene, label: str, site: Site) -> bool:
    return any(text in text_of(gene) for text in _definitions(label, site))


def _without(text: str, filler: str) -> str:
    # Never inside a placeholder. The word that moves up takes the capital of the one that left.
    pattern = rf"(?<!\S)(?<!\{{\{{ )({re.escape(filler)})(?=[ ,.!?\n]|$),? ?(\w?)"

    def closed(match: re.Match[str]) -> str:
        first = match.group(2)
        return first.upper() if match.group(1)[0].isupper() else first

    return re.sub(pattern, closed, text, flags=re.IGNORECASE)


def _tidy(text: str) -> str:
    return re.sub(r"[ \t]+(?=[.,!?])|(?<=[ \t])[ \t]+", "", text).strip()
