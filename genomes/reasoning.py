"""Reasoning templates."""

from __future__ import annotations

from typing import Literal

from genomes.gene import GeneBase, RenderDraft


class ReasoningGene(GeneBase):
    """How the agent should think and in which form it should answer.

    Attributes:
        template: Text such as "Weigh praise against criticism, then answer with one word.";
            empty for none. It closes the system turn.
    """

    kind: Literal["reasoning"] = "reasoning"
    template: str = ""

    def contribute(self, draft: RenderDraft) -> None:
        """Appends the template to the system turn."""
        if self.template:
            draft.system.append(self.template)
