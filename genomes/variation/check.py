"""The one judge of every variation: what a genome may be, and what a child may change."""

from __future__ import annotations

from collections.abc import Collection

from genomes.decision import DecisionGene
from genomes.demo import DemoGene
from genomes.errors import GenomeError
from genomes.fragment import FragmentGene
from genomes.genome import Gene, Genome
from genomes.policy import PolicyGene
from genomes.render import render
from genomes.spec import GenomeSpec, Slot
from genomes.variation.bounds import bounds
from genomes.variation.content import length, spans, text_of


def violation(genome: Genome, spec: GenomeSpec) -> str | None:
    """Why ``genome`` breaks ``spec``, whatever it came from; ``None`` if it does not.

    Slots must name genes and hold their bounds, the whole text must fit ``spec.max_chars``, and
    every domain must render and fill with all its inputs.
    """
    known = {gene.id: gene for gene in genome.genes}
    for slot in spec.slots:
        if slot.gene not in known:
            return f"slot {slot.gene!r}: the genome has no such gene"
        reason = _bounds(known[slot.gene], slot)
        if reason:
            return f"{slot.gene}: {reason}"
    total = sum(map(length, genome.genes))
    if total > spec.max_chars:
        return f"{total} characters in all, more than max_chars {spec.max_chars}"
    return _render(genome)


def check(
    child: Genome,
    parent: Genome,
    spec: GenomeSpec,
    *,
    other: Genome | None = None,
    touched: Collection[str] | None = None,
) -> str | None:
    """Why ``child`` may not follow from ``parent``; ``None`` if it may.

    Args:
        child: What an operator made.
        parent: The genome it was made from; its host contract and locked spans hold.
        spec: What may vary.
        other: The second parent of a crossover.
        touched: Ids of the only genes that the operator may change; ``None`` for any open gene.
    """
    return (
        _contract(child, parent)
        or _changes(child, parent, spec, touched)
        or _differs(child, parent, other)
        or _demos(child, parent, spec)
        or violation(child, spec)
    )


def _contract(child: Genome, parent: Genome) -> str | None:
    if child.domains != parent.domains or child.schema_version != parent.schema_version:
        return "the host contract (domains, schema version) changed"
    if [_shell(gene) for gene in child.genes] != [_shell(gene) for gene in parent.genes]:
        return "the genes' ids, kinds, order, scopes or locks changed"
    return None


def _shell(gene: Gene) -> tuple[object, ...]:
    place = gene.place if isinstance(gene, FragmentGene) else None
    what: tuple[object, ...] | None = None
    if isinstance(gene, DecisionGene):
        what = (gene.parameter, gene.label)
    elif isinstance(gene, PolicyGene):
        what = (gene.enforce, gene.text, gene.ties)
    return gene.kind, gene.id, gene.scope, gene.locked, place, what


def _changes(
    child: Genome, parent: Genome, spec: GenomeSpec, touched: Collection[str] | None
) -> str | None:
    for old, new in zip(parent.genes, child.genes, strict=True):
        if old == new:
            continue
        slot = spec.slot(new.id)
        if slot is None:
            return f"{new.id}: fixed, it has no slot"
        if touched is not None and new.id not in touched:
            return f"{new.id}: changed but not named as touched"
        reason = _emptied(old, new, slot) or _unlocked(new)
        if reason:
            return f"{new.id}: {reason}"
    return None


def _emptied(old: Gene, new: Gene, slot: Slot) -> str | None:
    # A reasoning template is empty by default; a fragment only where the slot says so.
    if isinstance(old, FragmentGene) and isinstance(new, FragmentGene):
        emptied = old.text.strip() and not new.text.strip()
        return "became empty and is not optional" if emptied and not slot.optional else None
    return None


def _unlocked(gene: Gene) -> str | None:
    texts = spans(gene)
    for span in gene.locked:
        if not any(span in text for text in texts):
            return f"the locked span {span!r} is gone"
    return None


def _differs(child: Genome, parent: Genome, other: Genome | None) -> str | None:
    if child in (parent, other):
        return "the child equals its parent"
    return None


def _demos(child: Genome, parent: Genome, spec: GenomeSpec) -> str | None:
    for old, new in zip(parent.genes, child.genes, strict=True):
        if isinstance(old, DemoGene) and isinstance(new, DemoGene) and old != new:
            strangers = set(new.demos) - set(old.demos) - set(spec.pool(new.scope))
            if strangers:
                ids = ", ".join(sorted(demo.example_id for demo in strangers))
                return f"{new.id}: demonstrations from outside the pool: {ids}"
    return None


def _bounds(gene: Gene, slot: Slot) -> str | None:
    if isinstance(gene, DecisionGene):
        return _value(gene, slot)
    if isinstance(gene, PolicyGene):
        return slot.rules.refusal(gene.parsed) if slot.rules is not None else None
    if isinstance(gene, DemoGene):
        ids = [demo.example_id for demo in gene.demos]
        if len(ids) != len(set(ids)):
            return "a demonstration appears twice"
        too_many = len(ids) > slot.max_demos
        return f"{len(ids)} demonstrations, max_demos is {slot.max_demos}" if too_many else None
    size = len(text_of(gene))
    return f"{size} characters, max_chars is {slot.max_chars}" if size > slot.max_chars else None


def _value(gene: DecisionGene, slot: Slot) -> str | None:
    if isinstance(gene.value, str):
        if slot.choices and gene.value not in slot.choices:
            return f"{gene.value!r} is none of {', '.join(slot.choices)}"
        return None
    low, high = bounds(gene, slot)
    if not low <= gene.value <= high:
        return f"{gene.value} lies outside [{low}, {high}]"
    return None


def _render(genome: Genome) -> str | None:
    for domain in genome.domains:
        try:
            rendered = render(genome, domain.name)
            rendered.messages(dict.fromkeys(domain.inputs, ""))
        except GenomeError as error:
            return f"domain {domain.name!r}: {error.what}"
    return None
