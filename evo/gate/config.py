"""Thresholds of the gate: every number that a decision depends on, with its default."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class GateConfig(BaseModel):
    """How strict the gate is. The values are copied into each plan and hashed with it.

    Attributes:
        alpha: Probability that a lineage promotes anything without a gain (family-wise).
        attempts_budget: Attempts among which ``alpha`` is shared equally.
        n: Examples planned for one attempt; also the size of a shard.
        look_every: Examples between two looks.
        test: ``auto`` takes the sign test for independent pass/fail outcomes and the betting
            e-process otherwise.
        min_effect: Gain in score that must be exceeded, in [0, 1); above 0 needs the e-process.
        min_discordant: Discordant pairs below which nothing is promoted.
        coverage: Least share of pairs that the infrastructure must deliver.
        regression_margin: Loss in score that a regression suite must exclude.
        regression_alpha: Level of the non-inferiority test of each suite.
        loss_alpha: Level at which a loss on a suite vetoes the promotion.
        regression_n: Examples measured of each regression suite; ``None`` for all.
        shard_attempts: Attempts after which a shard retires.
        max_changed_genes: Genes that one promotion may change; ``None`` for any number.
        max_edit_distance: Words that one promotion may insert, delete or replace in the prompt of
            a domain; ``None`` for any number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    attempts_budget: int = Field(default=10, ge=1)
    n: int = Field(default=300, ge=1)
    look_every: int = Field(default=10, ge=1)
    test: Literal["auto", "sign", "eprocess"] = "auto"
    min_effect: float = Field(default=0.0, ge=0.0, lt=1.0)
    min_discordant: int = Field(default=10, ge=1)
    coverage: float = Field(default=0.9, gt=0.0, le=1.0)
    regression_margin: float = Field(default=0.05, gt=0.0, lt=1.0)
    regression_alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    loss_alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    regression_n: int | None = Field(default=None, ge=1)
    shard_attempts: int = Field(default=5, ge=1)
    max_changed_genes: int | None = Field(default=None, ge=1)
    max_edit_distance: int | None = Field(default=None, ge=0)
