"""The scorer of function calls, and its typed feedback."""

from __future__ import annotations

from functools import cache

from benchmarks.worlds.single_turn.checker import Verdict, verdict
from benchmarks.worlds.single_turn.data import Category, Question, questions
from benchmarks.worlds.single_turn.parsing import parse_calls
from fitness.reading import Answer
from fitness.suites import Example

CATEGORIES: tuple[Category, ...] = ("simple_python", "multiple", "irrelevance")


def function_call(answer: Answer, example: Example) -> float:
    """1 if the reply is the wanted call, or no call where no function fits; else 0."""
    return float(_verdict(answer, example).right)


def feedback(answer: Answer, example: Example) -> str | None:
    """What is wrong with the reply, such as ``missing_parameter: ...``; ``None`` if nothing."""
    found = _verdict(answer, example)
    return None if found.right else f"{found.fault}: {found.message}"


function_call.pass_fail = True  # type: ignore[attr-defined]
function_call.feedback = feedback  # type: ignore[attr-defined]


def _verdict(answer: Answer, example: Example) -> Verdict:
    return verdict(parse_calls(answer.text or ""), _question(example.id))


@cache
def _all() -> dict[str, Question]:
    return {key: one for category in CATEGORIES for key, one in questions(category).items()}


def _question(example_id: str) -> Question:
    return _all()[example_id]
