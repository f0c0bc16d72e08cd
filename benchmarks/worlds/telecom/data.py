"""The 114 base tasks of the telecom domain, their gold actions and the official split."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.worlds.telecom.simulator import member
from evo.agents.policy import Call
from genomes.errors import DataError

DATA = "tau2/data/tau2/domains/telecom"


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        id: As in the source: the faults that are planted, and a persona.
        ticket: What support is told.
        faults: Calls that break phone and account before the episode, on agent or user side.
        gold: Calls that repair it, or that hand over what cannot be repaired.
        wanted: What must hold at the end.
        handed_over: Whether the source counts only an end in which the gold calls were made: what
            cannot be repaired must be handed over to a human.
    """

    id: str
    ticket: str
    faults: tuple[Mapping[str, Any], ...]
    gold: tuple[Call, ...]
    wanted: tuple[Mapping[str, Any], ...]
    handed_over: bool


@cache
def tasks() -> dict[str, Task]:
    """All base tasks by id, in the order of the source.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    base = set(_splits()["base"])
    rows = json.loads(member(f"{DATA}/tasks.json"))
    return {row["id"]: _task(row) for row in rows if row["id"] in base}


@cache
def split() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The official split: 74 tasks to learn from, and 40 to be judged on."""
    names = _splits()
    return tuple(names["train"]), tuple(names["test"])


def gold(task: str) -> tuple[Call, ...]:
    """The gold actions of a task.

    Raises:
        DataError: There is no such task.
    """
    return known(task).gold


def known(task: str) -> Task:
    """The task.

    Raises:
        DataError: There is no such task.
    """
    found = tasks().get(task)
    if found is None:
        raise DataError(f"there is no task {task!r}")
    return found


@cache
def _splits() -> dict[str, list[str]]:
    splits: dict[str, list[str]] = json.loads(member(f"{DATA}/split_tasks.json"))
    return splits


def _task(row: Mapping[str, Any]) -> Task:
    start, end = row["initial_state"], row["evaluation_criteria"]
    if start["initialization_data"] or start["message_history"]:
        raise DataError(f"task {row['id']!r} starts in a way that this world does not know")
    return Task(
        id=row["id"],
        ticket=row["ticket"],
        faults=tuple(start["initialization_actions"]),
        gold=tuple(Call(one["name"], one["arguments"]) for one in end["actions"] or ()),
        wanted=tuple(end["env_assertions"] or ()),
        handed_over="ACTION" in end["reward_basis"],
    )
