"""The promotion gate: planned, paired, sequential; fails closed.

Before: ``GateConfig``, ``preflight``, ``gate_shards``, ``choose_shard``, ``spent``. The attempt:
``make_plan``, ``GatePlan``, ``run_gate``, ``Measure``. After: ``GateDecision``,
``JudgeCertificate``, ``AttemptRecord``, ``replay``.
"""

from evo.gate.attempt import AttemptRecord
from evo.gate.certificate import JudgeCertificate
from evo.gate.config import GateConfig
from evo.gate.decision import GateDecision, Verdict
from evo.gate.evidence import Effect, Look, RegressionEvidence
from evo.gate.gate import run_gate
from evo.gate.pair import Measure, Pair
from evo.gate.plan import GatePlan, RegressionPlan, make_plan
from evo.gate.preflight import Detectable, Preflight, gate_shards, preflight, spent
from evo.gate.sequential import replay
from evo.gate.shards import choose_shard, fresh_shards, shards

__all__ = [
    "AttemptRecord",
    "Detectable",
    "Effect",
    "GateConfig",
    "GateDecision",
    "GatePlan",
    "JudgeCertificate",
    "Look",
    "Measure",
    "Pair",
    "Preflight",
    "RegressionEvidence",
    "RegressionPlan",
    "Verdict",
    "choose_shard",
    "fresh_shards",
    "gate_shards",
    "make_plan",
    "preflight",
    "replay",
    "run_gate",
    "shards",
    "spent",
]
