"""One property that the examples of a slice share."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from fitness.outcome import Outcome
from fitness.suites import Example

Attribute = Literal["domain", "target", "tag", "length", "confusion"]


class Condition(BaseModel):
    """A property of an example, or of its answer.

    Attributes:
        attribute: What is looked at; ``confusion`` is a target taken for another answer.
        value: The domain, target or tag; ``q1`` (shortest) to ``q4`` for ``length``;
            ``target->answer`` for ``confusion``.
        low: Fewest characters of the inputs together; of ``length`` alone.
        high: Characters that are too many; ``None`` is no limit.
        pair: Target and answer of a ``confusion``; the answer ``None`` is an abstention.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: Attribute
    value: str
    low: int = 0
    high: int | None = None
    pair: tuple[str, str | None] | None = None

    @property
    def name(self) -> str:
        """Stable whatever the evidence: the limits of a length may move, its quarter stays."""
        return f"{self.attribute}={self.value}"

    def __str__(self) -> str:
        if self.attribute != "length":
            return self.name
        return f"{self.name} ({self.low} to {'any' if self.high is None else self.high - 1} chars)"

    def fits(self, example: Example, outcome: Outcome | None = None) -> bool:
        """Whether the example has the property.

        Args:
            example: The example.
            outcome: What was answered. Without it a ``confusion`` asks for the target alone;
                with it, for that wrong answer.
        """
        if self.attribute == "domain":
            return example.domain == self.value
        if self.attribute == "target":
            return example.target == self.value
        if self.attribute == "tag":
            return self.value in example.tags
        if self.attribute == "length":
            return self.low <= input_length(example) < (self.high or float("inf"))
        return self._confused(example, outcome)

    def _confused(self, example: Example, outcome: Outcome | None) -> bool:
        if self.pair is None or example.target != self.pair[0]:
            return False
        if outcome is None:
            return True
        failed = outcome.score is not None and outcome.score < 0.5
        return failed and outcome.answer == self.pair[1]


def input_length(example: Example) -> int:
    """Characters of all inputs together."""
    return sum(len(text) for text in example.inputs.values())
