"""Plans an attempt: thresholds, examples and suites, fixed before the first look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evo.gate.config import GateConfig
from evo.gate.limits import plan_limits
from evo.gate.must_pass import must_pass_ids
from evo.gate.order import draw_order, example_key, futility_looks, look_schedule
from evo.gate.plan import GatePlan, RegressionPlan, TestKind, check_suite, choose_test, is_pass_fail
from fitness.objectives import Objective
from fitness.scorers import is_judge
from fitness.suites import Suite
from genomes import Genome
from genomes.errors import IntegrityError


def make_plan(
    config: GateConfig,
    *,
    attempt_id: str,
    champion: Genome,
    candidate: Genome,
    shard: Suite,
    regressions: Sequence[Suite],
    alpha: float,
    rng: np.random.Generator,
    fallback: Genome | None = None,
    anchors: Mapping[str, str] | None = None,
    limits: Sequence[Objective] = (),
    replicate: int = 0,
) -> GatePlan:
    """Plans one attempt on a fresh shard.

    Args:
        config: Thresholds; copied into the plan.
        attempt_id: Unique name of the attempt.
        champion: Genome in force.
        candidate: Frozen challenger.
        shard: Gate suite, or a shard of one (``shards``, ``choose_shard``).
        regressions: One suite for each thing that must not get worse.
        alpha: Share of the error budget (``next_share``).
        rng: Draws the order of the examples.
        fallback: The candidate limited to the gate's domain, promoted in its place if a
            regression suite does not hold for the whole candidate; named before the first look.
        anchors: Regression suite, or domain of the gate, to the genome id of the best version
            there, where that is not the champion (``anchors_of``).
        limits: Objectives; the hard limits of those that the gate's examples can show are planned.
        replicate: Which repetition of a call is measured.

    Raises:
        IntegrityError: No error budget is left.
        DataError: A suite plays another role, or holds an example twice.
        ConfigError: The configured test does not fit the suite or the minimum effect.
    """
    if alpha <= 0.0:
        raise IntegrityError(
            "the error budget of this lineage is used up",
            where="gate.alpha",
            remedy="renew it explicitly; more attempts under the same budget prove nothing",
        )
    check_suite(shard, "gate")
    test = choose_test(config, shard)
    order, ends = draw_order(shard, config.n, rng, by_cluster=not shard.independent)
    looks = look_schedule(ends, config.look_every)
    asked = {example.id: example for example in shard}
    known = anchors or {}
    return GatePlan(
        attempt_id=attempt_id,
        candidate_id=candidate.id,
        champion_id=champion.id,
        fallback_id=None if fallback is None else fallback.id,
        suite=shard.name,
        shard_hash=shard.hash,
        domain=shard.domain,
        example_ids=order,
        example_keys=tuple(example_key(asked[name]) for name in order),
        looks=looks,
        futility=futility_looks(looks),
        alpha=alpha,
        test=test,
        clustered=not shard.independent,
        min_effect=config.min_effect,
        min_discordant=config.min_discordant,
        coverage=config.coverage,
        regression_margin=config.regression_margin,
        regression_alpha=config.regression_alpha,
        loss_alpha=config.loss_alpha,
        regressions=tuple(
            _plan_regression(config, suite, rng, known.get(suite.name)) for suite in regressions
        ),
        primary=config.primary,
        **_cost_terms(config, known.get(shard.domain)),
        pool_margin=config.pool_margin,
        limits=plan_limits(limits),
        replicate=replicate,
    )


def _cost_terms(config: GateConfig, anchor_id: str | None) -> dict[str, Any]:
    """What a plan says of cost; nothing where the primary is the quality."""
    if config.primary != "cost":
        return {}
    return {
        "cost": config.cost,
        "quality_margin": config.quality_margin,
        "anchor_id": anchor_id,
    }


def _plan_regression(
    config: GateConfig, suite: Suite, rng: np.random.Generator, anchor_id: str | None
) -> RegressionPlan:
    check_suite(suite, "regression")
    test: TestKind = "sign" if is_pass_fail(suite) else "eprocess"
    size = len(suite) if config.regression_n is None else config.regression_n
    order, _ = draw_order(suite, size, rng, by_cluster=not suite.independent)
    return RegressionPlan(
        suite=suite.name,
        hash=suite.hash,
        domain=suite.domain,
        test=test,
        clustered=not suite.independent,
        example_ids=order,
        anchor_id=anchor_id,
        must_pass=must_pass_ids(suite),
        answers_first=_answers_first(config, suite),
    )


def _answers_first(config: GateConfig, suite: Suite) -> bool:
    # A score by log-probabilities can differ where the answers are the same.
    if config.answers_first == "always":
        return "margin" not in suite.scorer
    return config.answers_first == "auto" and is_judge(suite.scorer)
