"""How far one promotion may move (R42): counted as told, refused before anything is spent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.gate import GateConfig
from evo.gate.attempts import CandidateRefusedError, plan_attempt
from evo.gate.movement import movement, word_distance
from evo.run import run
from evo.storage import Store
from genomes import DecisionGene, FragmentGene, Genome
from genomes.scoping import scoped

SEED = taste_task().seed


def changed(**texts: str) -> Genome:
    genome = SEED
    for gene, text in texts.items():
        genome = genome.with_gene(genome.gene(gene).model_copy(update={"text": text}))
    return genome


def naive(a: list[str], b: list[str]) -> int:
    """Wagner and Fischer (1974), cell by cell."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


words = st.lists(st.sampled_from("abc"), max_size=12)


@given(words, words)
def test_the_distance_is_that_of_the_textbook(a: list[str], b: list[str]) -> None:
    assert word_distance(a, b) == naive(a, b) == word_distance(b, a)


def test_genes_and_words_are_counted() -> None:
    assert movement(SEED, changed(role="You help.")) == movement(SEED, SEED)
    still = movement(SEED, SEED)
    assert (still.genes, still.words, still.domain) == ((), 0, "")
    one = movement(SEED, changed(task="Judge the whole text."))
    assert (one.genes, one.words, one.domain) == (("task",), 1, "taste")
    both = movement(SEED, changed(task="Judge the text!", role="You do help."))
    assert (both.genes, both.words) == (("role", "task"), 2)


def test_a_reading_counts_as_a_gene_and_not_as_a_word() -> None:
    offset = DecisionGene(
        id="offset", scope=("taste",), parameter="offset", label="good", value=1.5
    )
    found = movement(SEED, SEED.with_gene(offset))
    assert (found.genes, found.words) == (("offset",), 0)


def test_added_removed_and_moved_genes_count() -> None:
    role, task, *rest = SEED.genes
    more = SEED.with_genes((*SEED.genes, FragmentGene(id="new", text="Be brave.")))
    assert (movement(SEED, more).genes, movement(SEED, more).words) == (("new",), 2)
    assert movement(more, SEED).genes == ("new",)
    swapped = SEED.with_genes((task, role, *rest))
    assert len(movement(SEED, swapped).genes) == 1


def test_a_gene_split_for_one_domain_is_one_gene() -> None:
    candidate = scoped(changed(role="You are a clear judge."), SEED, "taste")
    assert len(candidate.genes) > len(SEED.genes)
    found = movement(SEED, candidate)
    assert (found.genes, found.domain) == (("role",), "taste")


def test_the_limits_are_named_with_the_numbers() -> None:
    far = movement(SEED, changed(task="Be clear.", role="Be kind."))
    assert far.beyond(GateConfig()) is None
    assert far.beyond(GateConfig(max_changed_genes=2, max_edit_distance=9)) is None
    assert "changes 2 genes (role, task), gate.max_changed_genes allows 1" in str(
        far.beyond(GateConfig(max_changed_genes=1))
    )
    told = far.beyond(GateConfig(max_edit_distance=2))
    assert f"changes {far.words} words of the prompt of domain 'taste'" in str(told)


def test_the_plan_refuses_what_goes_too_far(tmp_path: Path) -> None:
    task, config = taste_task(), GateConfig(n=200, max_edit_distance=1)
    candidate = changed(task="Be clear. Be short.")
    with Store(tmp_path / "evo.db") as store:
        with pytest.raises(CandidateRefusedError, match=r"gate\.max_edit_distance allows 1"):
            plan_attempt(config, task, store, SEED, candidate, None, np.random.default_rng(1))
        assert store.attempts() == []


def test_a_run_keeps_to_the_limit(tmp_path: Path) -> None:
    config = taste_config(tmp_path, **{"gate.max_changed_genes": 1, "gate.max_edit_distance": 3})
    result = run(config, task=taste_task(), agent=RuleAgent(taste_reply))
    found = movement(SEED, result.champion.genome)
    assert len(found.genes) <= 1
    assert found.words <= 3
