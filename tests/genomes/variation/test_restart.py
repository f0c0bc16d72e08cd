"""Random genomes: the guard against local optima, and the best-of-N baseline."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes import Slot, render
from genomes.errors import GenomeError
from genomes.variation import random_genome, violation


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_random_genome_is_valid_and_reproducible(world, seed):
    first, second = (
        random_genome(world.a, world.spec, np.random.default_rng(seed)) for _ in range(2)
    )
    assert first == second
    assert violation(first, world.spec) is None
    assert first.domains == world.a.domains
    for gene in first.genes:
        assert world.spec.slot(gene.id) or gene == world.a.gene(gene.id)
        assert (gene.scope, gene.locked) == (
            world.a.gene(gene.id).scope,
            world.a.gene(gene.id).locked,
        )


@pytest.fixture(scope="module")
def many(rich):
    return [random_genome(rich.a, rich.spec, np.random.default_rng(seed)) for seed in range(150)]


def test_every_open_text_and_demo_gene_is_redrawn(many, rich):
    for gene_id, least in (("role", 8), ("task", 60), ("why", 12), ("user", 20), ("demos", 80)):
        assert len({genome.gene(gene_id) for genome in many}) >= least, gene_id


def test_numbers_of_demonstrations_are_uniform_and_balanced(many):
    sizes = Counter(len(genome.gene("demos").demos) for genome in many)
    assert set(sizes) == {0, 1, 2, 3, 4, 5}
    assert min(sizes.values()) > 8  # 25 expected, sd 4.6
    for genome in many:
        counts = Counter(demo.target for demo in genome.gene("demos").demos)
        assert abs(counts["positive"] - counts["negative"]) <= 1


def test_reading_goes_back_to_neutral_and_sampling_to_the_seed(many):
    for genome in many:
        assert genome.gene("shift").value == genome.gene("least").value == 0.0
        assert genome.gene("heat").value == 0.3
        assert genome.gene("form").value == "first"


def test_nothing_of_the_start_is_needed(many):
    assert all("Please read the text" not in render(g, "s").turns[0].text for g in many)


def test_a_broken_seed_is_refused(rich):
    spec = rich.spec.model_copy(update={"slots": (Slot(gene="nope"),)})
    with pytest.raises(GenomeError, match="no such gene"):
        random_genome(rich.a, spec, np.random.default_rng(0))
