"""The score of a response under a reading and a scorer. Free, and recomputable at any time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What one response is worth.

    Attributes:
        example_id: The example.
        score: Float in [0, 1], higher is better; ``None`` if missing (infrastructure).
        answer: What was read; ``None`` for an abstention or unreadable text.
        margin: Signed evidence in nats for the target against the best other label; positive
            is right, 0 without evidence.
        tokens: Prompt and completion tokens; ``None`` if unknown.
        money: USD; ``None`` if unknown.
        note: Why the score is missing or 0, where that is not obvious.
        seconds: Wall time of the call; ``None`` if there was no usable response.
        steps: Steps of the agent; ``None`` if unknown.
        others: Scores of the suite's other scorers by objective, in [0, 1]; ``None`` if missing.
        scorer_failed: Whether the score is missing because a scorer failed.
        trace: What the agent did, a line each; empty if unknown.
    """

    example_id: str
    score: float | None
    answer: str | None = None
    margin: float = 0.0
    tokens: int | None = None
    money: float | None = None
    note: str | None = None
    seconds: float | None = None
    steps: int | None = None
    others: tuple[tuple[str, float | None], ...] = ()
    scorer_failed: bool = False
    trace: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether there is no evidence: infrastructure or scorer failed."""
        return self.score is None
