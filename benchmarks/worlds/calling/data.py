"""The multi-turn tasks of bfcl-eval: where they start, what is asked, and the gold calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from benchmarks.worlds.calling.expression import parse_call
from benchmarks.worlds.calling.simulators import MODULES, api_class, member
from benchmarks.worlds.world import WorldTool
from evo.agents.policy import Call

_DATA = "bfcl_eval/data"
_TASKS = "BFCL_v4_multi_turn_base.json"
_NO_PROSE = "Tool description: "
_JSON_TYPES = {"dict": "object", "float": "number", "tuple": "array", "any": "string"}


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        id: As in the source.
        turns: What the user says, a text a turn.
        gold: Gold calls, a tuple a turn.
        apis: APIs that are there, by class name.
        start: API to its configuration.
        withheld: Tools that the task takes away.
    """

    id: str
    turns: tuple[str, ...]
    gold: tuple[tuple[Call, ...], ...]
    apis: tuple[str, ...]
    start: Mapping[str, Any]
    withheld: tuple[str, ...]


@cache
def tasks() -> dict[str, Task]:
    """All 200 base tasks by id, in the order of the source.

    Raises:
        DataError: The data wheel is missing or was changed.
        ConfigError: A library that a simulator needs is missing.
    """
    answers = {row["id"]: row["ground_truth"] for row in _rows(f"possible_answer/{_TASKS}")}
    return {row["id"]: _task(row, answers[row["id"]]) for row in _rows(_TASKS)}


@cache
def methods() -> dict[str, tuple[str, Any]]:
    """Tool name to its API and its function: the public methods, and nothing else."""
    return {
        name: (api, function)
        for api in MODULES
        for name, function in vars(api_class(api)).items()
        if callable(function) and not name.startswith("_")
    }


@cache
def signatures() -> dict[str, tuple[str, ...]]:
    """Tool name to the names of its arguments, in order."""
    return {
        name: tuple(signature(function).parameters)[1:] for name, (_, function) in methods().items()
    }


@cache
def catalogue() -> dict[str, WorldTool]:
    """All tools by name, as their authors describe them."""
    found = {}
    for api, module in MODULES.items():
        for row in _rows(f"multi_turn_func_doc/{module}.json"):
            text = row["description"].partition(_NO_PROSE)
            name = row["name"]
            found[name] = WorldTool(name, api, text[2] or text[0], _schema(row["parameters"]))
    return found


def _rows(path: str) -> Iterator[dict[str, Any]]:
    for line in member(f"{_DATA}/{path}").decode("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _task(row: Mapping[str, Any], answers: list[list[str]]) -> Task:
    known = signatures()
    return Task(
        id=row["id"],
        turns=tuple("\n".join(m["content"] for m in turn) for turn in row["question"]),
        gold=tuple(tuple(parse_call(text, known) for text in turn) for turn in answers),
        apis=tuple(row["involved_classes"]),
        start=row["initial_config"],
        withheld=tuple(row.get("excluded_function", ())),
    )


def _schema(node: Any) -> Any:
    """The source's types in the words of JSON schema."""
    if isinstance(node, dict):
        return {
            key: _JSON_TYPES.get(value, value)
            if key == "type" and isinstance(value, str)
            else _schema(value)
            for key, value in node.items()
        }
    return [_schema(item) for item in node] if isinstance(node, list) else node
