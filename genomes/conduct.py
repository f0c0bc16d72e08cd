"""How a tool agent goes about its work: limits, thresholds, procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Procedure = Literal["act", "plan_then_act", "act_then_check"]

PROCEDURES: tuple[str, ...] = get_args(Procedure)
SWITCH: tuple[str, ...] = ("on", "off")


@dataclass(frozen=True)
class Conduct:
    """Decisions of a tool agent; ``None`` leaves one to the agent.

    Attributes:
        max_steps: Most calls of tools for one example.
        answer_above: Confidence in [0, 1] from which the agent gives its final answer.
        ask_below: Confidence in [0, 1] below which it asks the user instead of acting.
        abstain_below: Confidence in [0, 1] below which it ends without an answer.
        self_check: Whether it reviews its answer once before giving it.
        procedure: ``act``, ``plan_then_act`` or ``act_then_check``.
    """

    max_steps: int | None = None
    answer_above: float | None = None
    ask_below: float | None = None
    abstain_below: float | None = None
    self_check: bool | None = None
    procedure: Procedure | None = None

    @classmethod
    def of(cls, decided: dict[str, float | str]) -> Conduct | None:
        """From parameters to values; ``None`` where nothing is decided."""
        if not decided:
            return None
        steps, check = decided.get("max_steps"), decided.get("self_check")
        procedure = decided.get("procedure")
        return cls(
            max_steps=None if steps is None else int(steps),
            answer_above=_number(decided.get("answer_above")),
            ask_below=_number(decided.get("ask_below")),
            abstain_below=_number(decided.get("abstain_below")),
            self_check=None if check is None else check == "on",
            procedure=next((p for p in get_args(Procedure) if p == procedure), None),
        )

    def on(self, confidence: float) -> Literal["answer", "ask", "abstain"] | None:
        """What a confidence in [0, 1] calls for; ``None`` to go on working.

        Abstaining comes before asking, asking before answering.
        """
        if self.abstain_below is not None and confidence < self.abstain_below:
            return "abstain"
        if self.ask_below is not None and confidence < self.ask_below:
            return "ask"
        if self.answer_above is not None and confidence >= self.answer_above:
            return "answer"
        return None


def _number(value: float | str | None) -> float | None:
    return None if value is None else float(value)
