"""Free moves: the fitted offset is right, shrunk, bounded, and never changes the call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import labelled

from fitness.suites import Suite
from fitness.sweep import best_cut, sweep
from genomes import DecisionGene, Genome, GenomeSpec, Slot, render

SPEC = GenomeSpec(slots=(Slot(gene="offset", low=-4.0, high=4.0),))


def _offset(genome: Genome) -> float:
    gene = genome.gene("offset")
    assert isinstance(gene, DecisionGene)
    return gene.number()


def test_a_biased_model_is_centred(genome: Genome, suite: Suite) -> None:
    # The model favours "good" by 2 nats; the right answer shows in a difference of 1.
    responses = [labelled(2.5 if e.target == "good" else 1.5, 0.0) for e in suite.examples]
    fitted = sweep(genome, SPEC, suite, suite.examples, responses)
    assert render(fitted, "taste").call_hash == render(genome, "taste").call_hash
    assert _offset(fitted) == pytest.approx(-2.0 * 20 / 30)  # shrunk by 10 pseudo-examples


def test_bounds_hold(genome: Genome, suite: Suite) -> None:
    responses = [labelled(90.5 if e.target == "good" else 89.5, 0.0) for e in suite.examples]
    assert _offset(sweep(genome, SPEC, suite, suite.examples, responses)) == -4.0


def test_genes_without_a_slot_or_with_other_domains_stay(genome: Genome, suite: Suite) -> None:
    responses = [labelled(2.5 if e.target == "good" else 1.5, 0.0) for e in suite.examples]
    assert sweep(genome, GenomeSpec(), suite, suite.examples, responses) == genome
    wide = genome.with_gene(genome.gene("offset").model_copy(update={"scope": ()}))
    assert sweep(wide, SPEC, suite, suite.examples, responses) != wide  # it has but one domain
    other = genome.domains[0].model_copy(update={"name": "other"})
    both = Genome(domains=(*wide.domains, other), genes=wide.genes)
    assert sweep(both, SPEC, suite, suite.examples, responses) == both


@given(st.lists(st.floats(-1, 1), min_size=12, max_size=60), st.floats(-3, 3))
def test_well_separated_evidence_is_separated(values: list[float], shift: float) -> None:
    low = np.array([v - 6.0 for v in values]) + shift
    high = np.array([v + 6.0 for v in values]) + shift
    evidence = np.concatenate([low, high])
    truth = np.repeat([False, True], len(values))
    cut = best_cut(evidence, truth, 0.0)
    right = ((evidence + cut > 0) == truth).mean()
    assert right == 1.0


def test_one_class_or_no_spread_keeps_the_present_value() -> None:
    assert best_cut(np.array([1.0, 2.0]), np.array([True, True]), 0.7) == 0.7
    assert best_cut(np.array([1.0, 1.0]), np.array([True, False]), 0.7) == 0.7
    assert best_cut(np.array([]), np.array([], dtype=bool), 0.7) == 0.7
