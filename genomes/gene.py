"""What every gene has, and the draft that genes write themselves into when rendered.

A new kind of gene is one file: subclass ``GeneBase``, give it a literal ``kind``, an
``affects`` and a ``contribute``, and add it to the union in ``genomes/genome.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from genomes.domain import Domain
from genomes.rendered import Turn
from genomes.rules.policy import Ties

Affects = Literal["call", "reading"]


@dataclass
class RenderDraft:
    """Collects the contributions of all genes in scope, in genome order.

    Attributes:
        system: Paragraphs of the system turn.
        user: Paragraphs of the user template.
        shots: Demonstrations as (inputs, target) pairs; turned into chat turns at the end.
        sampling: Overrides of sampling settings.
        offsets: Log-probability added to a label before labels are compared.
        thresholds: Least probability at which a label may be answered.
        abstain: Margin below which no answer is given.
        extract: Name of the extraction rule, ``None`` for the domain's default.
        turns: Extra literal turns.
        rules: Rules on tool calls that are enforced, one line each.
        ties: Order of calls about which no rule decides.
        conduct: Decisions of a tool agent by parameter.
    """

    domain: Domain
    system: list[str] = field(default_factory=list)
    user: list[str] = field(default_factory=list)
    shots: list[tuple[dict[str, str], str]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    sampling: dict[str, float] = field(default_factory=dict)
    offsets: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    abstain: float = 0.0
    extract: str | None = None
    rules: list[str] = field(default_factory=list)
    ties: Ties = "given"
    conduct: dict[str, float | str] = field(default_factory=dict)


class GeneBase(BaseModel):
    """One typed, immutable value of a genome.

    Attributes:
        id: Name of the slot that the gene fills, unique in its genome.
        scope: Domains in which the gene acts; empty means all.
        locked: Spans of the gene's text that no variation may remove or change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    scope: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()

    @property
    def affects(self) -> Affects:
        """Whether a change needs new calls (``call``) or only a new reading of stored ones."""
        return "call"

    def acts_in(self, domain: str) -> bool:
        """Whether the gene is in scope for ``domain``."""
        return not self.scope or domain in self.scope

    def contribute(self, draft: RenderDraft) -> None:
        """Writes the gene's part into ``draft``."""
        raise NotImplementedError
