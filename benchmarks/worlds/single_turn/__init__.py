"""Single-turn function calling, from the wheel of bfcl-eval: one request, one call or none.

``verdict`` checks calls against the accepted values; ``parse_calls`` reads them from a reply
without running it; ``questions`` gives the data. ``score`` holds the scorer, ``task`` the task.
"""

from benchmarks.worlds.single_turn.checker import Verdict, verdict
from benchmarks.worlds.single_turn.data import Question, questions
from benchmarks.worlds.single_turn.parsing import parse_calls

__all__ = ["Question", "Verdict", "parse_calls", "questions", "verdict"]
