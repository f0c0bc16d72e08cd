"""A change limited to one domain: there it is the candidate, elsewhere the champion (R27)."""

from __future__ import annotations

import pytest

from genomes import DemoGene, Domain, FragmentGene, Genome, GenomeSpec, ReasoningGene, Slot, render
from genomes.scoping import scoped


def _genome(role: str, task: str, think: str = "") -> Genome:
    domains = tuple(Domain(name=name, inputs=("text",)) for name in ("a", "b", "c"))
    return Genome(
        domains=domains,
        genes=(
            FragmentGene(id="role", text=role),
            FragmentGene(id="task", scope=("a",), text=task),
            ReasoningGene(id="think", scope=("a", "b"), template=think),
            DemoGene(id="demos", scope=("a",)),
            FragmentGene(id="user", place="user", text="{{ text }}"),
        ),
    )


CHAMPION = _genome("You help.", "Judge.")
CANDIDATE = _genome("You judge.", "Decide.", "Think first.")


def test_the_domain_gets_the_candidate_and_the_others_keep_the_champion() -> None:
    limited = scoped(CANDIDATE, CHAMPION, "a")
    assert render(limited, "a") == render(CANDIDATE, "a")
    for other in ("b", "c"):
        assert render(limited, other) == render(CHAMPION, other)
        assert render(CANDIDATE, other) != render(CHAMPION, other)


def test_what_is_limited_already_stays_as_it_is() -> None:
    candidate = CHAMPION.with_gene(CHAMPION.gene("task").model_copy(update={"text": "Decide."}))
    assert scoped(candidate, CHAMPION, "a") == candidate


def test_limiting_twice_changes_nothing() -> None:
    once = scoped(CANDIDATE, CHAMPION, "a")
    assert scoped(once, CHAMPION, "a") == once


def test_a_later_change_can_be_limited_again() -> None:
    first = scoped(CANDIDATE, CHAMPION, "a")
    changed = first.with_gene(first.gene("role@a").model_copy(update={"text": "You decide."}))
    second = scoped(changed, first, "a")
    assert render(second, "a") == render(changed, "a")
    assert render(second, "b") == render(first, "b")


@pytest.mark.parametrize("gene", ["role", "role@a"])
def test_a_split_gene_keeps_its_slot(gene: str) -> None:
    spec = GenomeSpec(slots=(Slot(gene="role", max_chars=7),))
    slot = spec.slot(gene)
    assert slot is not None
    assert slot.max_chars == 7
