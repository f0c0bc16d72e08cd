"""A model as scorer: ``Judge`` asks for verdicts, ``Calibration`` says how far to trust them.

``JudgedEvaluator`` measures genomes by them; ``hire`` brings a judge into a run, ``needs_judge``
says whether a task has use for one. ``refusal`` is asked by the gate.
"""

from evo.judge.calibration import Calibration, calibrate
from evo.judge.evaluator import JudgedEvaluator, refusal
from evo.judge.hiring import hire, needs_judge
from evo.judge.judge import Judge, judge_genome

__all__ = [
    "Calibration",
    "Judge",
    "JudgedEvaluator",
    "calibrate",
    "hire",
    "judge_genome",
    "needs_judge",
    "refusal",
]
