"""The questions of the categories simple_python, multiple and irrelevance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fitness.suites.wheels import BFCL_EVAL, read_member

Category = Literal["simple_python", "multiple", "irrelevance"]

_DATA = "bfcl_eval/data"

Accepted = Mapping[str, Mapping[str, list[Any]]]
"""Function to parameter to accepted values; among these ``""`` means that it may be left out."""


@dataclass(frozen=True)
class Question:
    """One request.

    Attributes:
        id: As in the source.
        text: What the user says.
        functions: Descriptions of the functions that may be called.
        accepted: The call that is wanted; ``None`` if none of the functions fits.
    """

    id: str
    text: str
    functions: tuple[Mapping[str, Any], ...]
    accepted: Accepted | None


@cache
def questions(category: Category) -> dict[str, Question]:
    """All questions of a category by id: 400 simple, 200 multiple, 240 irrelevant.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    name = f"BFCL_v4_{category}.json"
    answers: dict[str, Accepted] = {}
    if category != "irrelevance":
        answers = {row["id"]: row["ground_truth"][0] for row in _rows(f"possible_answer/{name}")}
    return {
        row["id"]: Question(
            id=row["id"],
            text="\n".join(message["content"] for message in row["question"][0]),
            functions=tuple(row["function"]),
            accepted=answers.get(row["id"]),
        )
        for row in _rows(name)
    }


def gold_call(accepted: Accepted) -> dict[str, Any]:
    """A call that is accepted: the first accepted value of each parameter, left out if that is
    the empty text."""
    ((name, parameters),) = accepted.items()
    chosen = {parameter: _chosen(values[0]) for parameter, values in parameters.items() if values}
    return {"name": name, "arguments": {k: v for k, v in chosen.items() if v != ""}}


def _chosen(value: Any) -> Any:
    """Inside structures, too, each value stands as a list of accepted ones."""
    if isinstance(value, Mapping):
        inner = {key: accepted[0] for key, accepted in value.items() if accepted}
        return {key: one for key, one in inner.items() if one != ""}
    if isinstance(value, list):
        return [_chosen(item) if isinstance(item, Mapping) else item for item in value]
    return value


def _rows(path: str) -> list[dict[str, Any]]:
    lines = read_member(BFCL_EVAL, f"{_DATA}/{path}").decode("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
