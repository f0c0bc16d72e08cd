"""Demonstrations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from genomes.gene import GeneBase, RenderDraft


class Demo(BaseModel):
    """One solved example, shown to the model as a pair of chat turns.

    Attributes:
        example_id: Where it comes from, so that it can be kept out of its own evaluation.
        inputs: (name, value) pairs.
        target: The right answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    example_id: str
    inputs: tuple[tuple[str, str], ...]
    target: str


class DemoGene(GeneBase):
    """An ordered list of demonstrations."""

    kind: Literal["demo"] = "demo"
    demos: tuple[Demo, ...] = ()

    def contribute(self, draft: RenderDraft) -> None:
        """Adds the demonstrations in their order."""
        draft.shots.extend((dict(demo.inputs), demo.target) for demo in self.demos)
