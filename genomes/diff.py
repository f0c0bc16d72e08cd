"""What changed from one genome to another, gene by gene, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from genomes.decision import DecisionGene
from genomes.demo import Demo, DemoGene
from genomes.fragment import FragmentGene
from genomes.genome import Gene, Genome
from genomes.policy import PolicyGene
from genomes.reasoning import ReasoningGene

T = TypeVar("T")
Sign = Literal["+", "-", "~"]


@dataclass(frozen=True)
class GeneChange:
    """One line of a diff.

    Attributes:
        sign: ``+`` added, ``-`` removed, ``~`` changed.
        gene: Id of the gene; ``domains`` or ``genes`` for the genome itself.
        field: What of it, e.g. ``text``, ``demo``, ``offset[positive]``, ``order``.
        before: As it was; ``None`` for an addition.
        after: As it is; ``None`` for a removal.
    """

    sign: Sign
    gene: str
    field: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        name = f"{self.sign} {self.gene}.{self.field}"
        if self.before is None or self.after is None:
            return f"{name}: {_shown(self.after if self.before is None else self.before)}"
        if self.field in ("text", "template"):
            return f"{name}: {_shown(word_diff(self.before, self.after))}"
        return f"{name}: {_shown(self.before)} -> {_shown(self.after)}"


def diff(a: Genome, b: Genome) -> tuple[GeneChange, ...]:
    """The changes that lead from ``a`` to ``b``, in the order of the genes; empty iff equal."""
    return tuple(_domains(a, b)) + tuple(_genes(a, b))


def format_diff(a: Genome, b: Genome) -> str:
    """The diff as text, one change a line; empty iff the genomes are equal."""
    return "\n".join(map(str, diff(a, b)))


def word_diff(before: str, after: str) -> str:
    """Both texts in one: ``[-removed-]`` and ``{+added+}`` around words that differ."""
    marks = {"-": "[-{}-]", "+": "{{+{}+}}", "=": "{}"}
    return "".join(marks[sign].format(text) for sign, text in word_pieces(before, after))


def word_pieces(before: str, after: str) -> Iterator[tuple[Literal["=", "-", "+"], str]]:
    """Both texts in pieces: kept (``=``), removed (``-``) and added (``+``) words."""
    old, new = _words(before), _words(after)
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        if tag == "equal":
            yield "=", gone
            continue
        if gone:
            yield "-", gone
        if come:
            yield "+", come


def _domains(a: Genome, b: Genome) -> Iterator[GeneChange]:
    if a.schema_version != b.schema_version:
        yield _change("genome", "schema_version", a.schema_version, b.schema_version)
    old = {domain.name: domain for domain in a.domains}
    new = {domain.name: domain for domain in b.domains}
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield GeneChange("-", "domains", name, repr(old[name]), None)
        elif name not in old:
            yield GeneChange("+", "domains", name, None, repr(new[name]))
        else:
            yield from _fields(f"domains.{name}", old[name], new[name], skip=("name",))
    yield from _order("domains", list(old), list(new))


def _genes(a: Genome, b: Genome) -> Iterator[GeneChange]:
    old = {gene.id: gene for gene in a.genes}
    new = {gene.id: gene for gene in b.genes}
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield GeneChange("-", name, _field(old[name]), _content(old[name]), None)
        elif name not in old:
            yield GeneChange("+", name, _field(new[name]), None, _content(new[name]))
        elif old[name] != new[name]:
            yield from _gene(old[name], new[name])
    yield from _order("genes", list(old), list(new))


def _gene(old: Gene, new: Gene) -> Iterator[GeneChange]:
    held = ("rules",) if isinstance(new, PolicyGene) else ("text", "template", "value", "demos")
    yield from _fields(new.id, old, new, skip=held)
    if isinstance(old, PolicyGene) and isinstance(new, PolicyGene):
        yield from _rules(new.id, old.rules, new.rules)
    elif isinstance(old, DemoGene) and isinstance(new, DemoGene):
        yield from _demos(new.id, old.demos, new.demos)
    elif _content(old) != _content(new):
        yield GeneChange("~", new.id, _field(new), _content(old), _content(new))


def _demos(gene: str, old: tuple[Demo, ...], new: tuple[Demo, ...]) -> Iterator[GeneChange]:
    yield from (GeneChange("-", gene, "demo", _demo(demo), None) for demo in _minus(old, new))
    yield from (GeneChange("+", gene, "demo", None, _demo(demo)) for demo in _minus(new, old))
    kept_old, kept_new = _minus(old, _minus(old, new)), _minus(new, _minus(new, old))
    if kept_old != kept_new or (set(old) == set(new) and old != new):
        ids = [" ".join(demo.example_id for demo in demos) for demos in (old, new)]
        yield GeneChange("~", gene, "order", *ids)


def _rules(gene: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[GeneChange]:
    yield from (GeneChange("-", gene, "rule", rule, None) for rule in _minus(old, new))
    yield from (GeneChange("+", gene, "rule", None, rule) for rule in _minus(new, old))
    kept_old, kept_new = _minus(old, _minus(old, new)), _minus(new, _minus(new, old))
    if kept_old != kept_new or (set(old) == set(new) and old != new):
        yield GeneChange("~", gene, "order", "; ".join(old), "; ".join(new))


def _minus(items: Iterable[T], others: Iterable[T]) -> list[T]:
    gone = set(others)
    return [item for item in items if item not in gone]


def _order(what: str, old: list[str], new: list[str]) -> Iterator[GeneChange]:
    if old != new and set(old) == set(new):
        yield GeneChange("~", what, "order", " ".join(old), " ".join(new))


def _fields(name: str, old: object, new: object, skip: tuple[str, ...]) -> Iterator[GeneChange]:
    before, after = vars(old), vars(new)
    for field in dict.fromkeys((*before, *after)):
        if field not in skip and before.get(field) != after.get(field):
            yield _change(name, field, before.get(field), after.get(field))


def _change(name: str, field: str, before: object, after: object) -> GeneChange:
    return GeneChange("~", name, field, str(before), str(after))


def _field(gene: Gene) -> str:
    if isinstance(gene, DecisionGene):
        return gene.parameter + (f"[{gene.label}]" if gene.label is not None else "")
    if isinstance(gene, FragmentGene):
        return "text"
    if isinstance(gene, PolicyGene):
        return "rules"
    return "template" if isinstance(gene, ReasoningGene) else "demos"


def _content(gene: Gene) -> str:
    if isinstance(gene, FragmentGene):
        return gene.text
    if isinstance(gene, ReasoningGene):
        return gene.template
    if isinstance(gene, DecisionGene):
        return str(gene.value)
    if isinstance(gene, PolicyGene):
        return "; ".join(gene.rules) or "none"
    return "; ".join(map(_demo, gene.demos)) or "none"


def _demo(demo: Demo) -> str:
    inputs = ", ".join(value for _, value in demo.inputs)
    return f"[{demo.example_id}] {inputs} => {demo.target}"


def _words(text: str) -> list[str]:
    return re.findall(r"\{\{.*?\}\}|\w+|\s+|.", text, re.DOTALL)


def _shown(text: str | None) -> str:
    # One change, one line: line breaks are shown, not made.
    return (text or "").replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") or '""'
