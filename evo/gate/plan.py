"""What an attempt at the gate will do, fixed and hashed before the first look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from evo.gate.config import GateConfig
from evo.gate.growing import Growing
from evo.gate.limits import LimitPlan, plan_limits
from evo.gate.must_pass import must_pass_ids
from evo.gate.order import draw_order, example_key, futility_looks, look_schedule
from fitness.objectives import Objective
from fitness.scorers import is_judge
from fitness.scorers import is_pass_fail as is_pass_fail_scorer
from fitness.suites import Role, Suite
from genomes import Genome
from genomes.errors import ConfigError, DataError, IntegrityError
from genomes.hashing import content_hash

TestKind = Literal["sign", "eprocess"]


class RegressionPlan(Growing):
    """How one regression suite will be checked.

    Attributes:
        suite: Name.
        hash: Hash of the suite's content.
        domain: The domain of its examples.
        test: ``sign`` for the score test on pass/fail pairs, ``eprocess`` otherwise.
        clustered: Whether one bet is made a cluster instead of an example.
        example_ids: What will be measured, in order.
        anchor_id: Content hash of the best version ever certified on the suite, against which it
            is checked too; ``None`` where that is the champion.
        must_pass: Critical examples, each of which the candidate must not lose.
        answers_first: Whether answers are compared before they are scored.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"anchor_id", "must_pass", "answers_first"})

    suite: str
    hash: str
    domain: str
    test: TestKind
    clustered: bool
    example_ids: tuple[str, ...]
    anchor_id: str | None = None
    must_pass: tuple[str, ...] = ()
    answers_first: bool = False

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Every example that the suite's check may need, critical ones included."""
        return tuple(dict.fromkeys((*self.example_ids, *self.must_pass)))

    @property
    def max_calls(self) -> int:
        """Most calls that the check can need: both arms, critical examples twice, the anchor."""
        anchored = len(self.example_ids) if self.anchor_id is not None else 0
        return 2 * (len(self.all_ids) + len(self.must_pass)) + anchored


class GatePlan(Growing):
    """The registered plan of one attempt; a decision names its hash.

    The rungs of the ladder are climbed in a fixed order: see ``run_gate``.

    Attributes:
        attempt_id: Unique name of the attempt.
        candidate_id: Content hash of the candidate genome.
        champion_id: Content hash of the champion genome.
        fallback_id: Content hash of the candidate limited to the domain; ``None`` for no fallback.
        suite: Name of the gate shard.
        shard_hash: Content hash of the shard.
        domain: The domain to improve.
        example_ids: Order in which examples are spent; drawn anew for each attempt.
        example_keys: What they ask, see ``example_key``; by it a used example is known again
            under another id.
        looks: Examples used at each look, ascending; the last is ``len(example_ids)``.
        futility: The looks at which the attempt ends when wins do not exceed losses.
        alpha: This attempt's share of the error budget.
        test: Superiority test.
        clustered: Whether one bet is made a cluster; looks then fall between clusters.
        spending: Cumulative error allowed by share t of the examples: ``alpha * t**2``.
        min_effect: Gain that must be exceeded.
        min_discordant: Discordant pairs below which nothing is promoted.
        coverage: Least share of measured pairs.
        regression_margin: Non-inferiority margin of each suite.
        regression_alpha: Level of each non-inferiority test.
        loss_alpha: Level of the veto.
        regressions: The suites, in the order in which they are checked.
        primary: What must get better: ``quality``, or ``cost`` with a quality that is not worse.
        cost: What is lowered where the primary is the cost.
        quality_margin: Loss in score that must then be excluded, at the level ``alpha``.
        anchor_id: Content hash of the best version in the domain, against which the quality is
            then checked too; ``None`` where that is the champion.
        pool_margin: Loss that all measured suites together must exclude; ``None`` for no such
            test.
        limits: Hard limits of objectives, checked on the candidate's answers.
        replicate: Which repetition of a call is measured: 0 where an agent answers by its
            rendering and the example alone; otherwise one that no attempt has used.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {"primary", "cost", "quality_margin", "anchor_id", "pool_margin", "limits", "replicate"}
        | {"example_keys"}
    )

    attempt_id: str
    candidate_id: str
    champion_id: str
    fallback_id: str | None = None
    suite: str
    shard_hash: str
    domain: str
    example_ids: tuple[str, ...]
    looks: tuple[int, ...]
    futility: tuple[int, ...]
    alpha: float = Field(gt=0.0, lt=0.5)
    test: TestKind
    clustered: bool
    spending: Literal["quadratic"] = "quadratic"
    min_effect: float
    min_discordant: int
    coverage: float
    regression_margin: float
    regression_alpha: float
    loss_alpha: float
    regressions: tuple[RegressionPlan, ...] = ()
    primary: Literal["quality", "cost"] = "quality"
    cost: Literal["tokens", "money", "steps", "length"] = "tokens"
    quality_margin: float = 0.05
    anchor_id: str | None = None
    pool_margin: float | None = None
    limits: tuple[LimitPlan, ...] = ()
    replicate: int = 0
    example_keys: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        """Content hash of the whole plan."""
        return content_hash(self)

    @property
    def n(self) -> int:
        """Gate examples planned."""
        return len(self.example_ids)

    @property
    def max_calls(self) -> int:
        """Most calls that the attempt can need, all arms; reserve them before it starts."""
        own = (2 if self.anchor_id is None else 3) * self.n
        return own + sum(part.max_calls for part in self.regressions)

    @property
    def anchor_ids(self) -> tuple[str, ...]:
        """The genomes beside champion and candidate that are measured."""
        named = (self.anchor_id, *(part.anchor_id for part in self.regressions))
        return tuple(dict.fromkeys(one for one in named if one is not None))


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


def choose_test(config: GateConfig, suite: Suite) -> TestKind:
    """The test of the quality on a suite.

    Raises:
        ConfigError: The sign test is asked for where it is not valid.
    """
    # With another primary, the minimum effect is not one of the score.
    least = config.min_effect if config.primary == "quality" else 0.0
    if config.test == "eprocess":
        return "eprocess"
    if config.test == "sign" and (least > 0.0 or not suite.independent):
        why = "a minimum effect" if least > 0.0 else f"the clusters of {suite.name!r}"
        raise ConfigError(
            f"the sign test cannot handle {why}", where="gate.test", remedy="use test: eprocess"
        )
    if config.test == "sign" or (least == 0.0 and is_pass_fail(suite)):
        return "sign"
    return "eprocess"


def is_pass_fail(suite: Suite) -> bool:
    """Whether outcomes are 0 or 1 and independent of each other, judged by the declaration."""
    binary = suite.abstain_value in (0.0, 1.0)
    return suite.independent and binary and is_pass_fail_scorer(suite.scorer)


def check_suite(suite: Suite, role: Role) -> None:
    """Refuses suites of another role and repeated examples.

    Raises:
        DataError: Names the suite and the offending ids.
    """
    if suite.role != role:
        raise DataError(
            f"suite {suite.name!r} has the role {suite.role!r}, the gate needs {role!r} here",
            remedy="an example that diagnosed or was searched on may not judge",
        )
    for what, keys in (
        ("id", [example.id for example in suite]),
        ("inputs", [example.inputs_hash for example in suite]),
    ):
        twice = _repeated(suite, keys)
        if twice:
            raise DataError(
                f"suite {suite.name!r} holds examples with equal {what}: {', '.join(twice[:5])}",
                remedy="remove the duplicates; they would count as independent evidence",
            )


def _repeated(suite: Suite, keys: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    twice: list[str] = []
    for example, key in zip(suite, keys, strict=True):
        if key in seen:
            twice.append(example.id)
        seen.add(key)
    return twice
