"""From the edits of a reply to a child: whatever breaks the spec is refused, never repaired."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evo.proposers.context import Observation
from evo.proposers.reply import Edit, Reply
from evo.proposers.tally import Refusal
from genomes import FragmentGene, Genome, GenomeSpec, ReasoningGene
from genomes.placeholders import fill_known, placeholders
from genomes.variation import check
from genomes.variation.content import TextGene, text_of, with_text


@dataclass(frozen=True)
class Edition:
    """What a reply may change.

    Attributes:
        parent: The genome that is edited.
        spec: What may vary.
        open: Ids of the text genes that may be edited.
        other: The second parent of a crossover.
        shown: Examples that the model saw; none may be copied into a gene.
        shorter: Whether every edit must be shorter than what it replaces.
    """

    parent: Genome
    spec: GenomeSpec
    open: tuple[str, ...]
    other: Genome | None = None
    shown: tuple[Observation, ...] = ()
    shorter: bool = False

    def child(self, reply: Reply) -> Genome | Refusal:
        """The parent with the edits of the reply."""
        edited: dict[str, TextGene] = {}
        for edit in reply.edits:
            reason = f"{edit.gene}: edited twice" if edit.gene in edited else self._flaw(edit)
            if reason is not None:
                return Refusal("invalid_edit", reason)
            edited[edit.gene] = with_text(self._gene(edit.gene), edit.text)
        changed = {name: new for name, new in edited.items() if self._differs(new)}
        if not changed:
            return Refusal("unchanged", "every text is as it was")
        return self._checked(changed)

    def _checked(self, changed: dict[str, TextGene]) -> Genome | Refusal:
        genes = tuple(changed.get(gene.id, gene) for gene in self.parent.genes)
        child = self.parent.with_genes(genes)
        if child == self.other:
            return Refusal("unchanged", "the child equals its second parent")
        reason = check(child, self.parent, self.spec, other=self.other, touched=changed)
        return child if reason is None else Refusal("invalid_edit", reason)

    def _flaw(self, edit: Edit) -> str | None:
        if edit.gene not in self.open:
            return f"{edit.gene!r}: not one of {', '.join(self.open)}"
        old = text_of(self._gene(edit.gene))
        if self.shorter and len(edit.text) >= len(old):
            return f"{edit.gene}: {len(edit.text)} characters, not shorter than {len(old)}"
        return (
            _characters(edit)
            or self._placeholders(edit, old)
            or self._other_genes(edit, old)
            or self._quotes(edit, old)
        )

    def _placeholders(self, edit: Edit, old: str) -> str | None:
        gene = self._gene(edit.gene)
        domains = [d for d in self.parent.domains if gene.acts_in(d.name)]
        before, after = placeholders(old), placeholders(edit.text)
        may = before | ({"labels"} if all(domain.labels for domain in domains) else set())
        if before - after:
            return f"{edit.gene}: lost {_names(before - after)}"
        if after - may:
            return f"{edit.gene}: shows {_names(after - may)}, which it did not"
        more = {name for name in after & before if _times(edit.text, name) > _times(old, name)}
        return f"{edit.gene}: shows {_names(more)} more often than before" if more else None

    def _other_genes(self, edit: Edit, old: str) -> str | None:
        """A whole prompt in the place of one gene would say everything twice."""
        for gene in self.parent.genes:
            if gene.id != edit.gene and isinstance(gene, (FragmentGene, ReasoningGene)):
                text = text_of(gene).strip()
                if len(text) >= 20 and text in edit.text and text not in old:
                    return f"{edit.gene}: holds the text of {gene.id} as well"
        return None

    def _quotes(self, edit: Edit, old: str) -> str | None:
        """An example in the prompt is scored with its own answer in sight."""
        known = _runs(old)
        counts = Counter(run for seen in self.shown for run in _runs_of(seen))
        new = _runs(edit.text) - known
        # What several examples share is the form of the task, no example.
        quoted = any(counts[run] == 1 for run in new)
        return f"{edit.gene}: quotes an example" if quoted else None

    def _differs(self, new: TextGene) -> bool:
        return text_of(new).split() != text_of(self._gene(new.id)).split()

    def _gene(self, name: str) -> TextGene:
        gene = self.parent.gene(name)
        if isinstance(gene, (FragmentGene, ReasoningGene)):
            return gene
        raise TypeError(f"{name} holds no text")


def open_texts(genome: Genome, spec: GenomeSpec, domain: str | None = None) -> list[TextGene]:
    """The text genes that may vary, in genome order; those that act in ``domain`` if given."""
    return [
        gene
        for gene in genome.genes
        if isinstance(gene, (FragmentGene, ReasoningGene))
        and spec.slot(gene.id) is not None
        and (domain is None or gene.acts_in(domain))
    ]


_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f]|<\|[^|<>\s]{1,40}\|>|<(?:start|end)_of_turn>|\[/?INST\]"
    r"|</?(?:s|data|think)>"
)
_RUN = 8


def _characters(edit: Edit) -> str | None:
    found = _CONTROL.search(edit.text)
    return f"{edit.gene}: holds the control mark {found.group()!r}" if found else None


def _times(text: str, name: str) -> int:
    return fill_known(text, {name: "\0"}).count("\0")


def _names(names: frozenset[str] | set[str]) -> str:
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(names))


def _runs_of(seen: Observation) -> set[tuple[str, ...]]:
    return {run for value in seen.inputs.values() for run in _runs(value)}


def _runs(text: str) -> set[tuple[str, ...]]:
    """All runs of eight words."""
    words: Sequence[str] = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
