"""One line of the gate's ledger: what an attempt cost and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from evo.gate.decision import GateDecision, Verdict

if TYPE_CHECKING:
    from evo.gate.plan import GatePlan


class AttemptRecord(BaseModel):
    """An attempt as the ledger keeps it.

    Attributes:
        attempt_id: Unique name of the attempt.
        lineage: Whose error budget it used.
        candidate_id: Content hash of the candidate.
        shard_hash: Content hash of the shard it was tested on.
        alpha: Share of the error budget that it used.
        verdict: How it ended; an attempt that broke off is INDECISIVE.
        example_ids: The gate examples that it planned to use: used, whatever became of it.
        example_keys: What they ask, see ``example_key``; empty in what older releases wrote.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempt_id: str
    lineage: str
    candidate_id: str
    shard_hash: str
    alpha: float
    verdict: Verdict
    example_ids: tuple[str, ...] = ()
    example_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: GatePlan, decision: GateDecision | None, lineage: str) -> AttemptRecord:
        """The record of a registered plan; ``decision`` is ``None`` if it broke off.

        An attempt that measured anything uses its whole share however it ends: giving some back
        after a look at the data would let a clever failure buy more looks than the budget allows.
        """
        return cls(
            attempt_id=plan.attempt_id,
            lineage=lineage,
            candidate_id=plan.candidate_id,
            shard_hash=plan.shard_hash,
            alpha=plan.alpha if decision is None else decision.alpha,
            verdict="INDECISIVE" if decision is None else decision.verdict,
            example_ids=plan.example_ids,
            example_keys=plan.example_keys,
        )
