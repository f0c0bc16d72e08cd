"""One entry of the list ``objectives`` of ``evo.yaml``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from evo.config.blocks import Block
from fitness.objectives import KNOWN, Objective


class ObjectiveConfig(Block):
    """What a search weighs beside the default objectives, or a hard limit on one of them.

    Quality, regression, cost and length are always there, in this order.

    Attributes:
        name: ``quality``, ``regression``, ``cost`` (tokens a call), ``length`` (characters of
            prompt), ``money`` (USD a call), ``latency`` (seconds a call), ``steps`` (of the
            agent); or a name of one's own with a ``scorer``.
        scorer: For a further quality: any scorer, as under ``data.scorer``.
        direction: For a further quality; the others have theirs.
        ceiling: A genome whose measured mean is above is no parent, no finalist, no candidate.
        floor: The same for a mean that is below.
        axis: Whether the search also trades it off; ``false`` leaves the limits alone.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    scorer: str | dict[str, Any] | None = None
    direction: Literal["maximise", "minimise"] | None = None
    ceiling: float | None = Field(default=None, allow_inf_nan=False)
    floor: float | None = Field(default=None, allow_inf_nan=False)
    axis: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> ObjectiveConfig:
        known = KNOWN.get(self.name)
        if known is None and self.scorer is None:
            raise ValueError(
                f"unknown objective {self.name!r}: give it a scorer, or take one of "
                f"{', '.join(KNOWN)}"
            )
        if known is not None and self.scorer is not None:
            raise ValueError(f"{self.name} is measured already; give the scorer another name")
        if known is not None and self.direction not in (None, known.direction):
            raise ValueError(f"{self.name} can only be {known.direction}d")
        if self.name == "quality" and not self.axis:
            raise ValueError("quality is always an axis of the search")
        if self.ceiling is not None and self.floor is not None and self.floor > self.ceiling:
            raise ValueError(f"the floor {self.floor} is above the ceiling {self.ceiling}")
        return self

    def objective(self) -> Objective:
        """The objective that the search works with."""
        known = KNOWN.get(self.name)
        return Objective(
            self.name,
            known.direction if known else self.direction or "maximise",
            known.unit if known else "mean score in [0, 1]",
            self.ceiling,
            self.floor,
            self.axis,
        )
