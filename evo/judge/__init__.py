"""A model as scorer: ``Judge`` asks for verdicts, ``Calibration`` says how far to trust them.

``PairwiseJudge`` compares with the target instead. ``JudgedEvaluator`` measures genomes by them;
``hire`` brings a judge into a run, ``needs_judge`` says whether a task has use for one.
``refusal`` and ``certificate`` are asked by the gate; ``judged_for`` is what the verdicts have
cost.
"""

from evo.judge.calibration import Calibration, calibrate
from evo.judge.evaluator import JudgedEvaluator, certificate, judged_for, refusal
from evo.judge.hiring import hire, needs_judge
from evo.judge.judge import Judge, judge_genome
from evo.judge.pairwise import PairwiseJudge

__all__ = [
    "Calibration",
    "Judge",
    "JudgedEvaluator",
    "PairwiseJudge",
    "calibrate",
    "certificate",
    "hire",
    "judge_genome",
    "judged_for",
    "needs_judge",
    "refusal",
]
