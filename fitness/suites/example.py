"""One example of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from genomes.demo import Demo
from genomes.hashing import content_hash


@dataclass(frozen=True)
class Example:
    """Inputs with their right answer.

    Attributes:
        id: Unique in its suite; kept from the source so that reports can be audited.
        inputs: Input name to text.
        target: The right answer.
        domain: The domain that renders it.
        cluster: Examples of one cluster (film, user, document) never cross roles.
        tags: Free labels for slicing.
    """

    id: str
    inputs: Mapping[str, str]
    target: str
    domain: str
    cluster: str
    tags: tuple[str, ...] = field(default=())

    @cached_property
    def inputs_hash(self) -> str:
        """Hash of the inputs alone: what a stored response is keyed by."""
        return content_hash(dict(self.inputs))

    def as_demo(self) -> Demo:
        """The example as a demonstration, for the pool of a spec."""
        return Demo(example_id=self.id, inputs=tuple(self.inputs.items()), target=self.target)
