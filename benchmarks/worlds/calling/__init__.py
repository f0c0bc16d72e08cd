"""Multi-turn function calling: eight simulated services, 200 tasks, from the wheel of bfcl-eval.

``CallingWorld`` is the world; ``gold`` gives the calls that solve a task, a tuple a turn;
``parse_call`` reads a call that is written as Python, without running it.
"""

from benchmarks.worlds.calling.data import Task, catalogue, signatures, tasks
from benchmarks.worlds.calling.expression import parse_call
from benchmarks.worlds.calling.world import CallingWorld, gold

__all__ = [
    "CallingWorld",
    "Task",
    "catalogue",
    "gold",
    "parse_call",
    "signatures",
    "tasks",
]
