"""What the agent runs for one domain, and how its answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from genomes.conduct import Conduct
from genomes.hashing import content_hash
from genomes.placeholders import fill
from genomes.rules.policy import Policy


@dataclass(frozen=True)
class Turn:
    """One chat turn.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
        text: A template, or finished text where ``literal``.
        literal: Finished text that is never filled (demonstrations hold data).
    """

    role: str
    text: str
    literal: bool = False


@dataclass(frozen=True)
class Sampling:
    """How the model is asked.

    Attributes:
        temperature: 0 for greedy.
        max_tokens: Longest reply in tokens.
        top_logprobs: First-token alternatives asked for; 0 for none.
    """

    temperature: float = 0.0
    max_tokens: int = 1
    top_logprobs: int = 0


@dataclass(frozen=True)
class ReadingRule:
    """How a response becomes an answer; changing it costs no call.

    Attributes:
        labels: Closed answer set; empty for free text.
        offsets: (label, nats) pairs, sorted; added to a label's log-probability.
        thresholds: (label, probability) pairs, sorted.
        abstain: Margin in nats below which no answer is given.
        extract: Name of the extraction rule for text; ``None`` for the default.
    """

    labels: tuple[str, ...] = ()
    offsets: tuple[tuple[str, float], ...] = ()
    thresholds: tuple[tuple[str, float], ...] = ()
    abstain: float = 0.0
    extract: str | None = None


@dataclass(frozen=True)
class Rendered:
    """A genome made concrete for one domain.

    Attributes:
        domain: The domain's name.
        turns: Chat turns; the last is the user turn of the example.
        sampling: Sampling settings.
        reading: How answers are read.
        excludes: Ids of examples shown as demonstrations; scoring them would be a leak.
        policy: Rules on tool calls that the agent enforces; ``None`` for none.
        conduct: Decisions of a tool agent; ``None`` for none.
        shots: (inputs, target) of the demonstrations, for agents that word the turns themselves;
            ``turns`` holds the same, so they need no part in the hash.
    """

    domain: str
    turns: tuple[Turn, ...]
    sampling: Sampling
    reading: ReadingRule
    excludes: frozenset[str] = frozenset()
    policy: Policy | None = None
    conduct: Conduct | None = None
    shots: tuple[tuple[Mapping[str, str], str], ...] = field(default=(), hash=False)

    @cached_property
    def call_hash(self) -> str:
        """Hash of everything that reaches the model or steers its calls; equal hash, equal call.

        Policy and conduct count only where there are any.
        """
        steering = {"policy": self.policy, "conduct": self.conduct}
        present = {name: part for name, part in steering.items() if part is not None}
        return content_hash({"turns": self.turns, "sampling": self.sampling, **present})

    @cached_property
    def reading_hash(self) -> str:
        """Hash of everything that only changes how responses are read."""
        return content_hash(self.reading)

    def messages(self, inputs: Mapping[str, str]) -> list[dict[str, str]]:
        """The chat messages for one example's inputs.

        Raises:
            GenomeError: An input that a template asks for is missing.
        """
        return [
            {"role": turn.role, "content": turn.text if turn.literal else fill(turn.text, inputs)}
            for turn in self.turns
        ]

    @cached_property
    def length(self) -> int:
        """Characters of prompt text that each call carries besides the example."""
        return sum(len(turn.text) for turn in self.turns)
