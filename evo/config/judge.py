"""The block ``judge`` of ``evo.yaml``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evo.config.blocks import Block, ModelConfig


class JudgeConfig(Block):
    """A model that says whether an answer passes; used by ``scorer: judge``.

    Attributes:
        mode: ``verdict`` for pass or fail; ``pairwise`` to compare each answer with the target, in
            both orders: better (1), as good (0.5) or worse (0).
        model: The model; another, and a better one, than the one that answers.
        rubric: What an answer must do to pass, in plain words.
        share: Part of every limit of the budget that the judge may spend, in (0, 1). It is set
            aside before the rest is divided.
        max_tokens: Longest verdict in tokens.
        min_labels: Anchors with a verdict below which the judge counts as uncalibrated.
        min_kappa: Cohen's kappa with the anchors' verdicts below which it does.
        allow_uncalibrated: Whether the gate takes verdicts of an uncalibrated judge.
    """

    mode: Literal["verdict", "pairwise"] = "verdict"
    model: ModelConfig
    rubric: str = Field(min_length=1)
    share: float = Field(default=0.5, gt=0, lt=1)
    max_tokens: int = Field(default=4, ge=1)
    min_labels: int = Field(default=20, ge=1)
    min_kappa: float = Field(default=0.6, gt=0, le=1)
    allow_uncalibrated: bool = False
