"""The rules under comparison, by name.

``RULES``: those that decide single proposals and lineages. ``VARIANTS``: this gate used otherwise,
in lineages only.
"""

from __future__ import annotations

from benchmarks.acceptors.rule import Rule
from benchmarks.acceptors.rules.cap_evolve import CapEvolve
from benchmarks.acceptors.rules.evogate import Evogate
from benchmarks.acceptors.rules.gepa import Gepa
from benchmarks.acceptors.rules.harness_evolve import HarnessEvolve
from benchmarks.acceptors.rules.mcnemar import McNemar
from benchmarks.acceptors.rules.pace import Pace
from benchmarks.acceptors.rules.promptline import Promptline
from benchmarks.acceptors.rules.self_edit import SelfEdit
from benchmarks.acceptors.rules.student import Student
from evo.gate import GateConfig

RULES: dict[str, Rule] = {
    "evogate": Evogate(),
    "evogate-one-attempt": Evogate(GateConfig(attempts_budget=1)),
    "gepa": Gepa(),
    "gepa-validated": Gepa(validated=True),
    "cap-evolve": CapEvolve(),
    "mcnemar": McNemar(),
    "t-test": Student(),
    "pace": Pace(),
    "agent-self-edit": SelfEdit(),
    "promptline": Promptline(),
    "harness-evolve": HarnessEvolve(),
}
VARIANTS: dict[str, Rule] = {
    "evogate-screened": Evogate(screened=True),
    "evogate-no-recycling": Evogate(recycle=False),
    "evogate-harmonic": Evogate(shares="harmonic", recycle=False),
    "evogate-harmonic-recycling": Evogate(shares="harmonic"),
}

__all__ = [
    "RULES",
    "VARIANTS",
    "CapEvolve",
    "Evogate",
    "Gepa",
    "HarnessEvolve",
    "McNemar",
    "Pace",
    "Promptline",
    "SelfEdit",
    "Student",
]
