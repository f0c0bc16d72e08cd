"""Prompt fragments."""

from __future__ import annotations

from typing import Literal

from genomes.gene import GeneBase, RenderDraft


class FragmentGene(GeneBase):
    """A piece of prompt text.

    Attributes:
        text: The text; may hold ``{{ input }}`` placeholders and ``{{ labels }}``.
        place: ``system`` for instructions, ``user`` for the template of the user turn.
    """

    kind: Literal["fragment"] = "fragment"
    text: str = ""
    place: Literal["system", "user"] = "system"

    def contribute(self, draft: RenderDraft) -> None:
        """Appends the text as a paragraph of its turn; empty text leaves no trace."""
        if self.text:
            (draft.system if self.place == "system" else draft.user).append(self.text)
