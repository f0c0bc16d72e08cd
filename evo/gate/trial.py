"""All that an attempt works with while it measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evo.gate.pair import Measure, Pair, beside, measure_pairs
from evo.gate.plan import GatePlan, RegressionPlan
from fitness.suites import Example
from genomes import Genome


@dataclass(frozen=True)
class Trial:
    """A planned attempt, checked and ready.

    Attributes:
        plan: The registered plan.
        champion: Genome in force.
        candidate: Challenger.
        examples: Suite name to example id to example.
        measure: Measures an arm.
        again: Measures an arm once more, with answers of its own; ``None`` if that cannot be.
        answers: Measures an arm without scoring what only a judge can score; ``None`` if that
            cannot be.
        anchors: Genome id to genome, for those that the plan names.
    """

    plan: GatePlan
    champion: Genome
    candidate: Genome
    examples: Mapping[str, Mapping[str, Example]]
    measure: Measure
    again: Measure | None = None
    answers: Measure | None = None
    anchors: Mapping[str, Genome] = field(default_factory=dict)

    def batch(self, suite: str, ids: Sequence[str]) -> list[Example]:
        """Examples of a suite by id."""
        return [self.examples[suite][name] for name in ids]

    def pairs(self, part: RegressionPlan, ids: Sequence[str]) -> tuple[Pair, ...]:
        """Both arms on examples of a regression suite."""
        return self._pairs(self.measure, part, ids)

    def pairs_again(self, part: RegressionPlan, ids: Sequence[str]) -> tuple[Pair, ...]:
        """Both arms once more; nothing where they cannot be asked again."""
        if self.again is None:
            return ()
        return self._pairs(self.again, part, ids)

    def anchor_pairs(
        self, part: RegressionPlan, anchor_id: str, pairs: Sequence[Pair]
    ) -> tuple[Pair, ...]:
        """Anchor and candidate on the examples of ``pairs``."""
        batch = self.batch(part.suite, [pair.example_id for pair in pairs])
        return beside(pairs, batch, self.measure(self.anchors[anchor_id], part.domain, batch))

    def _pairs(
        self, measure: Measure, part: RegressionPlan, ids: Sequence[str]
    ) -> tuple[Pair, ...]:
        if not ids:
            return ()
        batch = self.batch(part.suite, ids)
        return measure_pairs(measure, self.champion, self.candidate, part.domain, batch)
