"""Against creep: the best version ever certified, which no promotion may fall behind by a margin.

A champion that may be worse than the last one by a margin can be worse than the first by many. So
the gate compares with the best of the line as well. Which one that is follows from the decisions
along the line alone; its outcomes are replayed from the store, or measured where they are not
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from evo.gate.evidence import RegressionEvidence
from evo.gate.ladder import same_rendering
from fitness.suites import Suite
from genomes import Genome


@dataclass(frozen=True)
class Ancestor:
    """A version on the champion's line.

    Attributes:
        genome: Its genome.
        decision: The gate decision that let it in, as JSON content; ``None`` if it needed none.
    """

    genome: Genome
    decision: Mapping[str, Any] | None = None


Step = Callable[[Ancestor], float | None]
"""How much better a version was found than the one before it; ``None`` without evidence."""


def anchors_of(
    line: Sequence[Ancestor], suites: Iterable[Suite], domain: str, margin: float
) -> dict[str, Genome]:
    """The anchor of each regression suite, and of the domain to improve, where it is not the
    champion.

    Args:
        line: The champion and the versions before it, newest first.
        suites: Regression suites.
        domain: The domain to improve.
        margin: Loss that a version without figures counts as: as much as it may have lost.

    Returns:
        Name of a suite, or the domain, to the best version; without those whose anchor renders
        there as the champion does.
    """
    found = {
        suite.name: (suite.domain, _best(line, suite.domain, _suite_step(suite, margin)))
        for suite in suites
    }
    found[domain] = (domain, _best(line, domain, _gain_step(margin)))
    there = {one.name for one in line[0].genome.domains}
    return {
        name: genome
        for name, (where, genome) in found.items()
        if where in there and not same_rendering(genome, line[0].genome, where)
    }


def _best(line: Sequence[Ancestor], domain: str, step: Step) -> Genome:
    """The version with the highest sum of steps; of equals the newest.

    The line ends where a decision has no evidence: what was before it was never compared with what
    came after. A version that needed no decision may have lost the margin.
    """
    below, best, anchor = 0.0, 0.0, line[0].genome
    for version, before in pairwise(line):
        if domain not in {one.name for one in before.genome.domains}:
            break
        unchanged = same_rendering(version.genome, before.genome, domain)
        gained = 0.0 if unchanged else step(version)
        if gained is None:
            break
        below -= gained  # the earlier version's quality, the champion's being 0
        if below > best + 1e-9:
            best, anchor = below, before.genome
    return anchor


def _suite_step(suite: Suite, margin: float) -> Step:
    def step(version: Ancestor) -> float | None:
        if version.decision is None:
            return -margin
        for evidence in _evidence(version):
            if evidence.content == suite.hash or evidence.suite == suite.name:
                return _gained(evidence, margin)
        return None

    return step


def _evidence(version: Ancestor) -> Iterator[RegressionEvidence]:
    rows = (version.decision or {}).get("regressions", ())
    return (RegressionEvidence.model_validate(row) for row in rows)


def _gained(evidence: RegressionEvidence, margin: float) -> float:
    if evidence.rung == "identity":
        return 0.0
    if evidence.estimate is not None:
        return evidence.estimate
    if evidence.rung == "disagreement" and evidence.n:
        return -(evidence.disagreements or 0) / evidence.n
    if evidence.rung == "score_test" and evidence.n > evidence.missing:
        return (evidence.wins - evidence.losses) / (evidence.n - evidence.missing)
    return -margin


def _gain_step(margin: float) -> Step:
    def step(version: Ancestor) -> float | None:
        if version.decision is None:
            return -margin
        effect = version.decision.get("effect")
        return None if not effect else float(effect["estimate"])

    return step
