"""Whether a completion passes the tests of its problem."""

from __future__ import annotations

import re
from functools import lru_cache

from benchmarks.coder.data import Problem, problems
from benchmarks.coder.sandbox import runs
from fitness.reading import Answer
from fitness.suites import Example

_FENCED = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)


def human_eval(answer: Answer, example: Example) -> float:
    """1 if the code in the answer passes all tests of the problem, else 0 (pass@1)."""
    return float(_passes(answer.text or "", example.id))


human_eval.pass_fail = True  # type: ignore[attr-defined]


# An answer is read again and again while the search compares; its code runs once.
@lru_cache(maxsize=20_000)
def _passes(text: str, problem_id: str) -> bool:
    problem = problems()[problem_id]
    code = program(text, problem)
    return code is not None and runs(f"{code}\n\n{problem.test}\n\ncheck({problem.entry_point})\n")


def program(text: str, problem: Problem) -> str | None:
    """The source that an answer stands for, without the tests; ``None`` for an empty answer.

    An answer is a whole function or the body that follows the prompt, fenced or not. Imports of
    the prompt are always there.
    """
    found = _FENCED.search(text)
    code = found[1] if found else text
    if not code.strip():
        return None
    if re.search(rf"^def {re.escape(problem.entry_point)}\b", code, re.MULTILINE):
        return f"{problem.prompt}    pass\n\n{code}"
    return f"{problem.prompt}{_indented(code)}"


def _indented(body: str) -> str:
    lines = body.strip("\n").splitlines()
    if lines and not lines[0].startswith((" ", "\t")):
        lines = [f"    {line}" for line in lines]
    return "\n".join(lines)
