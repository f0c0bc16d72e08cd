"""The promotion gate: planned, paired, sequential; fails closed.

Before: ``GateConfig``, ``preflight``, ``gate_shards``, ``unspent_shards``, ``choose_shard``,
``spent``, ``anchors_of``. The attempt: ``make_plan``, ``GatePlan``, ``run_gate``, ``Measure``.
After: ``GateDecision`` with ``Look``, ``Effect``, ``Saving``, ``Comparison``,
``RegressionEvidence``, ``LimitEvidence``; ``JudgeCertificate``, ``AttemptRecord``, ``replay``.
"""

from evo.gate.anchor import Ancestor, anchors_of
from evo.gate.attempt import AttemptRecord
from evo.gate.certificate import JudgeCertificate
from evo.gate.config import GateConfig
from evo.gate.decision import GateDecision, Verdict
from evo.gate.evidence import (
    Comparison,
    Effect,
    LimitEvidence,
    Look,
    RegressionEvidence,
    Saving,
)
from evo.gate.gate import run_gate
from evo.gate.limits import LimitPlan
from evo.gate.pair import Measure, Pair
from evo.gate.plan import GatePlan, RegressionPlan
from evo.gate.planning import make_plan
from evo.gate.preflight import Detectable, Preflight, gate_shards, preflight, spent, unspent_shards
from evo.gate.sequential import replay
from evo.gate.shards import choose_shard, fresh_shards, shards

__all__ = [
    "Ancestor",
    "AttemptRecord",
    "Comparison",
    "Detectable",
    "Effect",
    "GateConfig",
    "GateDecision",
    "GatePlan",
    "JudgeCertificate",
    "LimitEvidence",
    "LimitPlan",
    "Look",
    "Measure",
    "Pair",
    "Preflight",
    "RegressionEvidence",
    "RegressionPlan",
    "Saving",
    "Verdict",
    "anchors_of",
    "choose_shard",
    "fresh_shards",
    "gate_shards",
    "make_plan",
    "preflight",
    "replay",
    "run_gate",
    "shards",
    "spent",
    "unspent_shards",
]
