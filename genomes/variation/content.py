"""The content of a gene, whatever its kind: its text, its length, and changed copies."""

from __future__ import annotations

from typing import Any, TypeVar

from genomes.decision import DecisionGene
from genomes.demo import Demo, DemoGene
from genomes.fragment import FragmentGene
from genomes.genome import Gene
from genomes.policy import PolicyGene
from genomes.reasoning import ReasoningGene

G = TypeVar("G", FragmentGene, ReasoningGene, DecisionGene, DemoGene, PolicyGene)
TextGene = FragmentGene | ReasoningGene


def changed(gene: G, **fields: Any) -> G:
    """A validated copy with other fields."""
    kept = {name: getattr(gene, name) for name in type(gene).model_fields}
    return type(gene)(**{**kept, **fields})


def text_of(gene: TextGene) -> str:
    """The text of a fragment or a reasoning template."""
    return gene.text if isinstance(gene, FragmentGene) else gene.template


def with_text(gene: TextGene, text: str) -> TextGene:
    """A copy with another text."""
    if isinstance(gene, FragmentGene):
        return changed(gene, text=text)
    return changed(gene, template=text)


def spans(gene: Gene) -> tuple[str, ...]:
    """All pieces of text in which a locked span of the gene may stand."""
    if isinstance(gene, DemoGene):
        return tuple(piece for demo in gene.demos for piece in _pieces(demo))
    if isinstance(gene, PolicyGene):
        return gene.rules
    return (str(gene.value),) if isinstance(gene, DecisionGene) else (text_of(gene),)


def length(gene: Gene) -> int:
    """Characters of prompt text that the gene holds; decisions and unwritten rules hold none."""
    silent = isinstance(gene, DecisionGene) or (isinstance(gene, PolicyGene) and not gene.text)
    return 0 if silent else sum(map(len, spans(gene)))


def graft(gene: Gene, donor: Gene) -> Gene | None:
    """``gene`` with the content of ``donor``: its own id, scope and locks, the other's value.

    Returns:
        ``None`` if the two are of different kinds, places or parameters.
    """
    if isinstance(gene, DemoGene) and isinstance(donor, DemoGene):
        return changed(gene, demos=donor.demos)
    if isinstance(gene, PolicyGene) and isinstance(donor, PolicyGene):
        return changed(gene, rules=donor.rules)
    if isinstance(gene, ReasoningGene) and isinstance(donor, ReasoningGene):
        return changed(gene, template=donor.template)
    if isinstance(gene, FragmentGene) and isinstance(donor, FragmentGene):
        return changed(gene, text=donor.text) if gene.place == donor.place else None
    if isinstance(gene, DecisionGene) and isinstance(donor, DecisionGene):
        same = (gene.parameter, gene.label) == (donor.parameter, donor.label)
        return changed(gene, value=donor.value) if same else None
    return None


def _pieces(demo: Demo) -> tuple[str, ...]:
    return (*(value for _, value in demo.inputs), demo.target)
