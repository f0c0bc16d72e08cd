"""What an attempt at the gate will do, fixed and hashed before the first look."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field

from evo.gate.config import GateConfig
from evo.gate.growing import Growing
from evo.gate.limits import LimitPlan
from fitness.scorers import is_pass_fail as is_pass_fail_scorer
from fitness.suites import Role, Suite
from genomes.errors import ConfigError, DataError
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
