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
        primary: What must get better: ``quality`` (the score), or ``cost``, with a quality that is
            not worse.
        cost: What ``primary: cost`` lowers: ``tokens``, ``money`` or ``steps`` of an answer, or
            ``length`` (characters of the prompt).
        quality_margin: With ``primary: cost``, the loss in score that must be excluded.
        min_effect: Gain that must be exceeded, in [0, 1): of the score, where above 0 needs the
            e-process; with ``primary: cost`` a share of the cost.
        min_discordant: Discordant pairs below which nothing is promoted.
        coverage: Least share of pairs that the infrastructure must deliver.
        regression_margin: Loss in score that a regression suite must exclude.
        regression_alpha: Level of the non-inferiority test of each suite.
        loss_alpha: Level at which a loss on a suite vetoes the promotion.
        regression_n: Examples measured of each regression suite; ``None`` for all. Those tagged
            ``must_pass`` are always measured.
        pool_margin: Loss that all measured suites together must exclude, where there are several;
            ``None`` asks each suite alone. Worth setting from about 400 examples on: with 200, a
            margin of .03 refuses half of all harmless changes.
        answers_first: Compare answers before they are scored, and score nothing where so few
            differ that the margin cannot be exceeded: ``auto`` for suites with a judge, whose
            verdicts cost; ``always``; ``never``.
        shard_attempts: Attempts after which a shard retires.
        approval: Whether a decided promotion waits until a person approves it.
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
    primary: Literal["quality", "cost"] = "quality"
    cost: Literal["tokens", "money", "steps", "length"] = "tokens"
    quality_margin: float = Field(default=0.05, gt=0.0, lt=1.0)
    min_effect: float = Field(default=0.0, ge=0.0, lt=1.0)
    min_discordant: int = Field(default=10, ge=1)
    coverage: float = Field(default=0.9, gt=0.0, le=1.0)
    regression_margin: float = Field(default=0.05, gt=0.0, lt=1.0)
    regression_alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    loss_alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    regression_n: int | None = Field(default=None, ge=1)
    pool_margin: float | None = Field(default=None, gt=0.0, lt=1.0)
    answers_first: Literal["auto", "always", "never"] = "auto"
    shard_attempts: int = Field(default=5, ge=1)
    approval: bool = False
    max_changed_genes: int | None = Field(default=None, ge=1)
    max_edit_distance: int | None = Field(default=None, ge=0)
