"""Records that a decision is made of."""

from __future__ import annotations

from typing import ClassVar, Literal

from evo.gate.growing import Growing

Rung = Literal["identity", "disagreement", "must_pass", "score_test", "eprocess"]
SuiteStatus = Literal["certified", "lost", "underpowered", "uncovered"]
LimitStatus = Literal["kept", "broken", "unproven", "unknown"]


class Look(Growing):
    """One look of the sequential test.

    Where the plan's primary is the cost, a pair is won if the candidate was cheaper.

    Attributes:
        examples: Examples used so far.
        wins: Pairs won so far.
        losses: Pairs lost so far.
        missing: Pairs missing so far; the test counts them as lost.
        net: Sum of the measured differences beyond the minimum effect; futile if not positive.
        statistic: Wins for the sign test, the highest log-capital so far (nats) for the
            e-process.
        boundary: Value at which the statistic promotes; ``None`` where no value could yet.
    """

    examples: int
    wins: int
    losses: int
    missing: int
    net: float
    statistic: float
    boundary: float | None

    @property
    def crossed(self) -> bool:
        """Whether the boundary is reached."""
        return self.boundary is not None and self.statistic >= self.boundary


class Effect(Growing):
    """A mean difference, candidate minus champion, on pairs that were measured.

    Attributes:
        estimate: In score units.
        low: Lower end.
        high: Upper end.
        level: Two-sided level; ``1 - 2 * alpha`` of the attempt, so that it goes with the verdict.
        method: ``repeated`` (of the boundary of the sequential sign test), ``tango`` (score
            interval for paired proportions) or ``betting``.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: Literal["tango", "betting", "repeated"]


class Saving(Growing):
    """What the candidate costs beside the champion, on pairs that were measured.

    Attributes:
        cost: ``tokens``, ``money`` (USD), ``steps`` or ``length`` (characters of the prompt).
        champion: Mean cost of an answer.
        candidate: Mean cost of an answer.
        cheaper: Pairs in which the candidate was cheaper.
        dearer: Pairs in which it was dearer.
        equal: Pairs of equal cost.
        estimate: Mean over pairs of the difference as a share of the dearer of the two, in
            [-1, 1]; positive is cheaper.
        low: Its lower confidence bound at the level of the attempt.
    """

    cost: str
    champion: float
    candidate: float
    cheaper: int
    dearer: int
    equal: int
    estimate: float
    low: float


class Comparison(Growing):
    """A test that the candidate is not worse than another genome by a margin.

    Attributes:
        against: Content hash of the other genome.
        status: ``certified``; ``lost`` (a significant loss); ``underpowered`` (neither);
            ``uncovered`` (too many pairs missing).
        wins: Pairs won by the candidate.
        losses: Pairs lost.
        ties: Equal pairs.
        missing: Pairs not delivered; counted as lost where that hurts the candidate.
        n: Pairs planned.
        margin: Loss that had to be excluded.
        noninferiority_p: p-value of "worse by the margin or more".
        loss_p: p-value of "not worse".
        bound: Lower confidence bound of the difference.
        estimate: Mean difference on measured pairs; ``None`` without any.
        reason: One sentence with the numbers.
    """

    against: str
    status: SuiteStatus
    wins: int
    losses: int
    ties: int
    missing: int
    n: int
    margin: float
    noninferiority_p: float
    loss_p: float
    bound: float
    estimate: float | None
    reason: str

    @property
    def passed(self) -> bool:
        """Whether the margin is excluded."""
        return self.status == "certified"


class RegressionEvidence(Growing):
    """What is known about one regression suite.

    Attributes:
        suite: Name.
        domain: Domain of the suite.
        rung: What decided: ``identity`` (equal rendering, nothing measured), ``disagreement``
            (so few answers differ that the margin cannot be exceeded, nothing scored),
            ``must_pass`` (a critical example was lost), ``score_test`` or ``eprocess``.
        status: ``certified``; ``lost`` (significant or critical loss, veto); ``underpowered``
            (neither); ``uncovered`` (too many pairs missing).
        wins: Pairs won by the candidate.
        losses: Pairs lost.
        ties: Equal pairs.
        missing: Pairs not delivered; counted as lost where that hurts the candidate.
        n: Pairs planned.
        margin: Loss that had to be excluded.
        noninferiority_p: p-value of "worse by the margin or more".
        loss_p: p-value of "not worse".
        bound: Lower confidence bound of the difference; ``-bound`` is the smallest margin that
            these data could certify.
        reason: One sentence with the numbers.
        content: Hash of the suite's content; ``None`` where an earlier release decided.
        estimate: Mean difference on measured pairs; ``None`` without any.
        disagreements: Pairs whose answers differ or are missing; ``None`` if answers were not
            compared.
        must_pass: Critical examples looked at.
        must_pass_lost: Those that the candidate lost, twice where they could be asked again.
        must_pass_dismissed: Those that it lost at first, and not when both were asked again.
        anchor: The same test against the best version ever certified on the suite; ``None`` where
            that is the champion.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "content",
            "estimate",
            "disagreements",
            "must_pass",
            "must_pass_lost",
            "must_pass_dismissed",
            "anchor",
        }
    )

    suite: str
    domain: str
    rung: Rung
    status: SuiteStatus
    wins: int = 0
    losses: int = 0
    ties: int = 0
    missing: int = 0
    n: int = 0
    margin: float
    noninferiority_p: float | None = None
    loss_p: float | None = None
    bound: float | None = None
    reason: str
    content: str | None = None
    estimate: float | None = None
    disagreements: int | None = None
    must_pass: int = 0
    must_pass_lost: tuple[str, ...] = ()
    must_pass_dismissed: tuple[str, ...] = ()
    anchor: Comparison | None = None

    @property
    def passed(self) -> bool:
        """Whether the suite allows the promotion."""
        return self.status == "certified"


class LimitEvidence(Growing):
    """Whether the candidate keeps the hard limits of an objective on the gate's examples.

    Attributes:
        objective: Name.
        status: ``kept``; ``broken`` (the mean is out by more than chance explains); ``unproven``
            (neither); ``unknown`` (not measured on enough examples).
        n: Examples on which it was measured.
        mean: Mean of the candidate; ``None`` if unknown.
        low: Lower confidence bound of the mean.
        high: Upper confidence bound; a ceiling is kept only above it.
        level: One-sided level of each bound.
        reason: One sentence with the numbers.
    """

    objective: str
    status: LimitStatus
    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    level: float
    reason: str
