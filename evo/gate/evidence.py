"""Records that a decision is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Rung = Literal["identity", "score_test", "eprocess"]
SuiteStatus = Literal["certified", "lost", "underpowered", "uncovered"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Look(_Record):
    """One look of the sequential test.

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


class Effect(_Record):
    """A mean difference, candidate minus champion, on pairs that were measured.

    Attributes:
        estimate: In score units.
        low: Lower end.
        high: Upper end.
        level: Two-sided level; ``1 - 2 * alpha`` of the attempt, so that it goes with the verdict.
        method: ``tango`` (score interval for paired proportions) or ``betting``.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: Literal["tango", "betting"]


class RegressionEvidence(_Record):
    """What is known about one regression suite.

    Attributes:
        suite: Name.
        domain: Domain of the suite.
        rung: ``identity`` (equal rendering, nothing measured), ``score_test`` or ``eprocess``.
        status: ``certified``; ``lost`` (significant loss, veto); ``underpowered`` (neither);
            ``uncovered`` (too many pairs missing).
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
    """

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

    @property
    def passed(self) -> bool:
        """Whether the suite allows the promotion."""
        return self.status == "certified"
