"""What the gate decided, with all evidence; a plain record that JSON holds."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Literal

from evo.gate.certificate import JudgeCertificate
from evo.gate.evidence import (
    Comparison,
    Effect,
    LimitEvidence,
    Look,
    RegressionEvidence,
    Saving,
)
from evo.gate.growing import Growing
from evo.gate.pair import Pair
from genomes.hashing import content_hash

Verdict = Literal["PROMOTE", "REJECT", "HOLD", "INDECISIVE"]


class GateDecision(Growing):
    """Verdict and evidence of one attempt. Never shown to the search, which learns one bit.

    Attributes:
        verdict: PROMOTE; REJECT (futile, or worse somewhere); HOLD (more examples could decide);
            INDECISIVE (evidence is missing).
        reason: One sentence with the numbers.
        plan_hash: The registered plan.
        attempt_id: Name of the attempt.
        candidate_id: Content hash of the candidate.
        champion_id: Content hash of the champion.
        wins: Pairs in which the candidate scored higher.
        losses: Pairs in which it scored lower.
        ties: Pairs with equal scores.
        missing: Pairs that the infrastructure did not deliver.
        looks: The trail of the sequential test.
        pairs: The paired scores in the order used.
        effect: Mean difference on the measured pairs; ``None`` without any.
        regressions: Evidence of each suite that was checked.
        minimum_detectable: Smallest gain that the plan finds with 80 % power at the observed
            share of discordant pairs; ``None`` if none is found so often.
        alpha: Share of the error budget that the attempt used.
        promoted_id: Content hash of the genome to put in force: the candidate, or the planned
            fallback limited to the gate's domain; ``None`` unless PROMOTE.
        unscoped: Where the fallback is promoted, the evidence against the whole candidate.
        judge: The certificate of the judge on whose verdicts it rests; ``None`` if no model judged.
        saving: Where the plan's primary is the cost, what was saved.
        quality: Where the plan's primary is the cost, whether the quality is not worse: against
            the champion, and against the best version where that is another.
        limits: Evidence on each hard limit of the plan.
        pool: All measured suites together, where the plan asks for it.
        broken_off: Whether the budget ran out before the end.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {"judge", "saving", "quality", "limits", "pool", "broken_off"}
    )

    verdict: Verdict
    reason: str
    plan_hash: str
    attempt_id: str
    candidate_id: str
    champion_id: str
    wins: int = 0
    losses: int = 0
    ties: int = 0
    missing: int = 0
    looks: tuple[Look, ...] = ()
    pairs: tuple[Pair, ...] = ()
    effect: Effect | None = None
    regressions: tuple[RegressionEvidence, ...] = ()
    minimum_detectable: float | None = None
    alpha: float
    promoted_id: str | None = None
    unscoped: tuple[RegressionEvidence, ...] = ()
    judge: JudgeCertificate | None = None
    saving: Saving | None = None
    quality: tuple[Comparison, ...] = ()
    limits: tuple[LimitEvidence, ...] = ()
    pool: Comparison | None = None
    broken_off: bool = False

    @cached_property
    def id(self) -> str:
        """Content hash of the decision."""
        return content_hash(self)

    @property
    def promoted(self) -> bool:
        """The one bit that the search may learn."""
        return self.verdict == "PROMOTE"

    @property
    def examples_used(self) -> int:
        """Gate examples spent."""
        return len(self.pairs)

    @property
    def looks_done(self) -> int:
        """Looks taken."""
        return len(self.looks)
