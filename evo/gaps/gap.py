"""A gap: a slice of examples in which the champion falls short."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from evo.gaps.condition import Condition
from evo.gaps.terms import Comparison, Terms
from fitness.outcome import Outcome
from fitness.suites import Example
from genomes.hashing import content_hash

Kind = Literal["failing", "regressed", "unreliable", "inefficient"]


class Gap(BaseModel):
    """Where the champion falls short, with the evidence.

    A confirmed gap was found in one half of the examples and again in the other. Any other is a
    lead: worth a proposal, proven by nothing, and on pure noise there will be some.

    Attributes:
        kind: ``failing``: wrong more often than the rest. ``regressed``: wrong now and right
            before, more often than the other way round. ``unreliable``: right and wrong on the
            same example more often than the rest. ``inefficient``: right, but at a higher cost
            than the rest of the domain.
        domain: Domain of the slice.
        slice: What its examples share, e.g. ``tag=date & target=negative``.
        n: Examples of the slice; successes alone for ``inefficient``, those with replicates for
            ``unreliable``, those known from before for ``regressed``.
        failures: Those that are wrong, changed for the worse, unreliable, or cost over 10 % more
            than the domain's median at their length.
        low: Lower end of the 95 % interval of ``failures / n`` (Wilson 1927). It is not
            corrected for the choice of the worst slice.
        high: Upper end.
        priority: Lower bound of share x severity x headroom x tractability.
        example_ids: Some of the failures, at most five; search examples only.
        conditions: What makes the slice; see ``covers``.
        confirmed: Whether the other half said so too.
        p_found: p-value in the half that found it (all examples for a lead).
        p_confirmed: p-value in the other half; ``None`` for a lead.
        rest: The same rate among the rest of the domain; ``None`` without a rest.
        excess: Relative excess cost over the rest, 0.5 is half as much again; of
            ``inefficient`` alone.
        metric: What is spent too much: ``tokens``, ``money``, ``steps`` or ``length`` (of the
            answer against the right one).
        aim: By how much the rate must fall on new examples for the gap to close.
        terms: The parts of the priority.
        comparisons: The slice under earlier genomes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "failing"
    domain: str
    slice: str
    n: int
    failures: int
    low: float
    high: float
    priority: float
    example_ids: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    confirmed: bool = False
    p_found: float | None = None
    p_confirmed: float | None = None
    rest: float | None = None
    excess: float | None = None
    metric: str | None = None
    aim: float = 0.05
    terms: Terms | None = None
    comparisons: tuple[Comparison, ...] = ()

    @property
    def id(self) -> str:
        """Stable name of kind and slice, whatever the evidence: 12 hexadecimal digits."""
        named = [self.kind, self.domain, self.slice, *([self.metric] if self.metric else [])]
        return content_hash(named)[:12]

    @property
    def rate(self) -> float:
        """``failures / n``."""
        return self.failures / self.n if self.n else 0.0

    def covers(self, example: Example, outcome: Outcome | None = None) -> bool:
        """Whether an example is inside the gap, right or wrong.

        Args:
            example: Any example.
            outcome: What was answered. It matters for a confusion alone: with it, only that
                wrong answer is inside; without it, every example of the target.
        """
        return example.domain == self.domain and all(
            condition.fits(example, outcome) for condition in self.conditions
        )

    def __str__(self) -> str:
        return f"{self.domain} {self.slice}: {self.failures} of {self.n} {_WORDS[self.kind]}"


_WORDS: dict[Kind, str] = {
    "failing": "wrong",
    "regressed": "wrong that were right before",
    "unreliable": "right only sometimes",
    "inefficient": "right at too high a cost",
}
