"""What a proposer may know: parents, the gap to close, what happened on search examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evo.gaps import Gap
from genomes import Genome


@dataclass(frozen=True)
class Observation:
    """What the first parent did on one search example.

    Attributes:
        example_id: The example; always of a search suite.
        inputs: Its inputs.
        target: The right answer.
        answer: What was read from the reply; ``None`` for an abstention or unreadable text.
        score: In [0, 1].
        trace: What the agent did, a line each; empty if it does not tell.
    """

    example_id: str
    inputs: Mapping[str, str]
    target: str
    answer: str | None
    score: float
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """What an earlier proposal was worth: the memory that keeps a rejected edit from coming back.

    Attributes:
        operator: Who made it.
        hypothesis: Why it should have helped.
        gain: Mean paired difference to its parent on the shared examples, in [-1, 1].
        n: Shared examples.
    """

    operator: str
    hypothesis: str | None
    gain: float
    n: int


@dataclass(frozen=True)
class Context:
    """Everything a proposer is given; nothing of gate, regression or audit is in it.

    Attributes:
        parents: Genomes to vary, the first one foremost.
        gap: What to close; ``None`` for undirected variation.
        failures: What the first parent got wrong inside the gap (score below 0.5), shuffled; where
            that is nothing, what it got wrong anywhere in the domain.
        successes: What it got right, near the gap first.
        lessons: Earlier proposals, latest first.
    """

    parents: tuple[Genome, ...]
    gap: Gap | None = None
    failures: tuple[Observation, ...] = ()
    successes: tuple[Observation, ...] = ()
    lessons: tuple[Lesson, ...] = ()
