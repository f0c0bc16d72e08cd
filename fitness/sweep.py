"""Free moves: genes that only change the reading, fitted on stored responses.

No call is made. Label offsets are fitted by an exact sweep: the score as a function of one
offset is piecewise constant, and every piece is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fitness.reading import label_scores
from fitness.response import Response
from fitness.scorers import outcome
from fitness.suites import Example, Suite
from genomes import DecisionGene, Genome, GenomeSpec, render

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

SHRINK = 10.0
"""Pseudo-examples at the present value: a fit on few examples moves less far."""

BANDWIDTH = 0.25
"""Smoothing of the score curve, in standard deviations of the margin."""


def sweep(
    genome: Genome,
    spec: GenomeSpec,
    suite: Suite,
    examples: Sequence[Example],
    responses: Sequence[Response],
) -> Genome:
    """The genome with its reading genes fitted to stored responses.

    Args:
        genome: The genome that gave the responses, up to reading genes.
        spec: Only genes with a slot move, within the slot's bounds.
        suite: The suite of the examples; its domain must be in a gene's scope.
        examples: (n,) examples.
        responses: (n,) responses, in the same order.

    Returns:
        A genome with the same call hash.
    """
    for gene in genome.genes:
        if isinstance(gene, DecisionGene) and _movable(gene, genome, spec, suite.domain):
            genome = genome.with_gene(_fitted(gene, genome, spec, suite, examples, responses))
    return genome


def _movable(gene: DecisionGene, genome: Genome, spec: GenomeSpec, domain: str) -> bool:
    # A reading gene that also acts in other domains is left alone: fitted on one domain, it
    # would change the others unseen.
    return (
        spec.slot(gene.id) is not None
        and gene.affects == "reading"
        and gene.parameter in ("offset", "abstain", "threshold")
        and [d.name for d in genome.domains if gene.acts_in(d.name)] == [domain]
    )


def _fitted(
    gene: DecisionGene,
    genome: Genome,
    spec: GenomeSpec,
    suite: Suite,
    examples: Sequence[Example],
    responses: Sequence[Response],
) -> DecisionGene:
    slot = spec.slot(gene.id)
    usable = [i for i, response in enumerate(responses) if response.status == "ok"]
    if slot is None or not usable:
        return gene
    if gene.parameter == "offset":
        best = _best_offset(gene, genome, suite, examples, responses, usable)
    else:
        best = _best_on_grid(gene, genome, suite, examples, responses, slot.low, slot.high)
    weight = len(usable) / (len(usable) + SHRINK)
    value = gene.number() + weight * (best - gene.number())
    return gene.model_copy(update={"value": round(float(np.clip(value, slot.low, slot.high)), 6)})


def _best_offset(
    gene: DecisionGene,
    genome: Genome,
    suite: Suite,
    examples: Sequence[Example],
    responses: Sequence[Response],
    usable: Sequence[int],
) -> float:
    rule = render(genome, suite.domain).reading
    if gene.label not in rule.labels or len(rule.labels) < 2:
        return gene.number()
    others = dict(rule.offsets)
    others[gene.label] = others.get(gene.label, 0.0) - gene.number()
    evidence: list[float] = []
    is_label: list[bool] = []
    for i in usable:
        scores = label_scores(responses[i], rule.labels)
        shifted = {label: score + others.get(label, 0.0) for label, score in scores.items()}
        rest = {label: score for label, score in shifted.items() if label != gene.label}
        rival = max(rest, key=lambda label: rest[label])
        # An example that the offset cannot make right either way does not vote.
        if examples[i].target not in (gene.label, rival):
            continue
        evidence.append(shifted[gene.label] - rest[rival])
        is_label.append(examples[i].target == gene.label)
    return best_cut(np.array(evidence), np.array(is_label), gene.number())


def best_cut(evidence: Floats, is_label: NDArray[np.bool_], present: float) -> float:
    """The offset o for which the rule "evidence + o > 0" is right most often.

    Every place where the count changes is a candidate. The count is smoothed over a quarter
    of the standard deviation of the evidence, because the raw maximum of a step curve over few
    examples follows single examples.

    Args:
        evidence: (n,) label's log-probability less the best other's, in nats.
        is_label: (n,) whether the label is right.
        present: Kept where there is nothing to fit.
    """
    if evidence.size < 2 or is_label.all() or not is_label.any():
        return present
    spread = float(evidence.std())
    if spread == 0.0:
        return present
    ordered = np.unique(evidence)
    cuts = -(ordered[1:] + ordered[:-1]) / 2
    sign = np.where(is_label, 1.0, -1.0)
    right = ndtr(sign * (evidence[None, :] + cuts[:, None]) / (BANDWIDTH * spread)).mean(axis=1)
    return float(cuts[int(np.argmax(right))])


def _best_on_grid(
    gene: DecisionGene,
    genome: Genome,
    suite: Suite,
    examples: Sequence[Example],
    responses: Sequence[Response],
    low: float,
    high: float,
) -> float:
    def mean(value: float) -> float:
        changed = genome.with_gene(gene.model_copy(update={"value": value}))
        rule = render(changed, suite.domain).reading
        scores = [
            o.score
            for response, example in zip(responses, examples, strict=True)
            if (o := outcome(response, rule, suite, example)).score is not None
        ]
        return float(np.mean(scores)) if scores else 0.0

    grid = [gene.number(), *np.linspace(low, high, 33).tolist()]
    best: float = max(grid, key=mean)  # the present value comes first, so it wins ties
    return best
