"""Trying operators in random order until one gives a valid child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from genomes.errors import GenomeError
from genomes.genome import Genome
from genomes.spec import GenomeSpec
from genomes.variation.check import check
from genomes.variation.draw import shuffled
from genomes.variation.registry import CROSSOVERS, MUTATIONS
from genomes.variation.variation import Variation


def mutate(
    genome: Genome,
    spec: GenomeSpec,
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
) -> Variation:
    """A child by one mutation.

    Args:
        genome: The parent.
        spec: What may vary.
        rng: Source of randomness; equal state, equal child.
        names: Mutations to try, in random order; by default all that its kinds of genes can
            have.

    Returns:
        The first valid child, or no child with every operator's reason.

    Raises:
        GenomeError: A name is unknown, or a slot names a group that the stock lacks.
    """
    operators = _chosen(MUTATIONS, names, genome)
    return _first((op(genome, spec, rng) for op in shuffled(operators, rng)), genome, None, spec)


def cross(
    a: Genome,
    b: Genome,
    spec: GenomeSpec,
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
) -> Variation:
    """A child of ``a``, with its host contract, that holds material of ``b``.

    Args:
        a: The first parent.
        b: The donor.
        spec: What may vary.
        rng: Source of randomness; equal state, equal child.
        names: Crossovers to try, in random order; by default all that the kinds of genes of
            ``a`` can have.

    Returns:
        The first valid child that differs from both parents, or no child with every reason.

    Raises:
        GenomeError: A name is unknown.
    """
    operators = _chosen(CROSSOVERS, names, a)
    return _first((op(a, b, spec, rng) for op in shuffled(operators, rng)), a, b, spec)


def _chosen(
    operators: Mapping[str, Callable[..., Any]], names: Sequence[str] | None, genome: Genome
) -> list[Callable[..., Any]]:
    unknown = sorted(set(names or ()) - set(operators))
    if unknown:
        raise GenomeError(
            f"unknown operators: {', '.join(unknown)}",
            remedy=f"known operators: {', '.join(operators)}",
        )
    if names is not None:
        return [operators[name] for name in dict.fromkeys(names)]
    # An operator for a kind of gene that the genome lacks takes no part in the draw, so that
    # new kinds leave the trajectories of all other genomes as they were.
    kinds = {None, *(gene.kind for gene in genome.genes)}
    return [op for op in operators.values() if getattr(op, "only_for", None) in kinds]


def _first(
    variations: Iterable[Variation], parent: Genome, other: Genome | None, spec: GenomeSpec
) -> Variation:
    reasons = []
    for variation in variations:
        if variation.child is None:
            refusal: str | None = variation.reason
        else:
            # Checked again because an operator may come from another distribution.
            touched = variation.touched
            refusal = check(variation.child, parent, spec, other=other, touched=touched)
        if refusal is None:
            return variation
        reasons.append(f"{variation.operator}: {refusal}")
    name = "mutate" if other is None else "cross"
    return Variation(name, None, (), "; ".join(reasons) or "no operators to try")
