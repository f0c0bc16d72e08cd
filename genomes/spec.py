"""What may evolve, and within which bounds."""

from __future__ import annotations

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from genomes.demo import Demo
from genomes.rules.space import RuleSpace


class Slot(BaseModel):
    """Permission to vary one gene.

    Attributes:
        gene: Id of the gene.
        max_chars: Longest text in characters (fragment, reasoning).
        max_demos: Most demonstrations (demo).
        low: Smallest value (decision).
        high: Largest value (decision).
        choices: Allowed named choices (decision ``extract``).
        library: Groups of the stock library to draw from, e.g. ``instructions``.
        optional: Whether the text may become empty.
        rules: Bounds and material of a policy; without them its rules only leave, turn and swap.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gene: str
    max_chars: int = Field(default=600, ge=1)
    max_demos: int = Field(default=6, ge=0)
    low: float = -10.0
    high: float = 10.0
    choices: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    optional: bool = False
    rules: RuleSpace | None = None

    @model_serializer(mode="wrap")
    def _written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A spec without rules is hashed as it was before there were any.
        data: dict[str, Any] = dump(self)
        if self.rules is None:
            data.pop("rules", None)
        return data


class GenomeSpec(BaseModel):
    """What may evolve. Genes without a slot are fixed.

    Attributes:
        slots: One for each gene that may change.
        demo_pool: (domain, demonstrations) pairs to draw from; only search examples.
        max_chars: Longest total text of a genome in characters, demonstrations included.
        stock: Stock library, group -> texts; see ``genomes.library``. Texts may hold
            ``{{ labels }}`` and ``{{ input }}``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: tuple[Slot, ...] = ()
    demo_pool: tuple[tuple[str, tuple[Demo, ...]], ...] = ()
    max_chars: int = Field(default=4000, ge=1)
    stock: dict[str, Any] = Field(default_factory=dict)

    def slot(self, gene_id: str) -> Slot | None:
        """The slot of a gene, ``None`` if the gene is fixed.

        A gene that was split off for one domain (``role@plot``) keeps the slot of its origin.
        """
        origin = gene_id.partition("@")[0]
        return next((slot for slot in self.slots if slot.gene in (gene_id, origin)), None)

    def pool(self, scope: tuple[str, ...]) -> tuple[Demo, ...]:
        """Demonstrations for a gene of this scope (all domains where the scope is empty)."""
        return tuple(
            demo for name, demos in self.demo_pool if not scope or name in scope for demo in demos
        )
