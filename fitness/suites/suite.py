"""Named examples with a role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from fitness.suites.example import Example
from genomes.hashing import content_hash

Role = Literal["search", "gate", "regression", "audit"]
ROLES: tuple[Role, ...] = ("search", "gate", "regression", "audit")


@dataclass(frozen=True)
class Suite:
    """Examples of one domain that play one role.

    Attributes:
        name: Unique in a workspace, e.g. ``sentiment/gate``.
        role: What the examples may be used for; see the table in ``docs``.
        domain: The domain of all examples.
        examples: In the fixed order of the split.
        scorer: Name of the scorer, see ``fitness.scorers.scorer``; its mean is the quality.
        abstain_value: Score of an abstention; 0 counts it as wrong.
        independent: Whether examples are independent of each other; false if clusters matter.
        others: (objective, scorer) of further things that an answer is scored for; the gate
            decides on ``scorer`` alone.
    """

    name: str
    role: Role
    domain: str
    examples: tuple[Example, ...]
    scorer: str = "exact"
    abstain_value: float = 0.0
    independent: bool = True
    others: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    @cached_property
    def hash(self) -> str:
        """Hash of role, scorer and all examples with their targets."""
        rows = [(e.id, dict(e.inputs), e.target, e.cluster) for e in self.examples]
        return content_hash([self.role, self.domain, self.scorer, self.abstain_value, rows])
