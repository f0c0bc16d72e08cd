"""Order only: the calls of each turn are given, shuffled; a policy says in which order to call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import numpy as np

from benchmarks.worlds.calling import CallingWorld, catalogue, gold, tasks
from evo.agents.policy import Call, Engine
from fitness.outcome import Outcome
from genomes.rules import Rule, Tool, Toolset
from genomes.rules.policy import Ties

Order = tuple[tuple[int, ...], ...]
"""For each turn the indices of its calls, first to last."""

TRAIN = 80
"""Tasks to learn from; the other 81 are held out."""


@dataclass(frozen=True)
class Case:
    """One shuffled task.

    Attributes:
        id: Task and number of the shuffle.
        task: The task.
        shuffle: For each turn the order in which its calls are given.
    """

    id: str
    task: str
    shuffle: Order


@cache
def orderable() -> tuple[str, ...]:
    """The tasks with two different tools in one turn: 161 of the 200."""
    return tuple(
        task for task in tasks() if any(len({c.tool for c in turn}) > 1 for turn in gold(task))
    )


def split(salt: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tasks to learn from and tasks held out, by the hash of the task's id.

    Args:
        salt: Put before the id; empty for the fixed split.
    """
    ranked = sorted(orderable(), key=lambda task: sha256(f"{salt}{task}".encode()).hexdigest())
    return tuple(ranked[:TRAIN]), tuple(ranked[TRAIN:])


@cache
def toolset() -> Toolset:
    """All tools of the world, as rules know them."""
    return Toolset(rule_tools())


@cache
def rule_tools() -> tuple[Tool, ...]:
    """The tools as rules may name them."""
    return tuple(
        Tool(name=tool.name, tool_class=tool.tool_class, args=tool.args)
        for tool in catalogue().values()
    )


def shuffled(names: Sequence[str], times: int, seed: int) -> tuple[Case, ...]:
    """Cases of the tasks: every task once, then every task again, ...

    All genomes that are compared meet the same cases: where each draws its own, a rule that was
    lucky once stays.
    """
    rng = np.random.default_rng(seed)
    return tuple(
        Case(
            f"{task}/{number}",
            task,
            tuple(tuple(map(int, rng.permutation(len(turn)))) for turn in gold(task)),
        )
        for number in range(times)
        for task in names
    )


def as_written(names: Sequence[str]) -> tuple[Case, ...]:
    """One case a task, for policies that put the calls in a default order of their own."""
    return shuffled(names, 1, seed=0)


class Episodes:
    """Runs orders of calls in the world and keeps what came of them.

    Attributes:
        run: Episodes run.
        asked: Results asked for. An order that a task was run in before is not run again: the
            world is deterministic, and nothing that was measured is measured twice.
    """

    def __init__(self) -> None:
        self.run = 0
        self.asked = 0
        self._world = CallingWorld()
        self._known: dict[tuple[str, Order], Outcome] = {}

    def outcome(self, case: Case, order: Order) -> Outcome:
        """What comes of a task whose calls are made in an order."""
        self.asked += 1
        known = self._known.get((case.task, order))
        if known is None:
            self.run += 1
            known = self._known[case.task, order] = self._played(case.task, order)
        return known

    def _played(self, task: str, order: Order) -> Outcome:
        turns = [[turn[i] for i in places] for turn, places in zip(gold(task), order, strict=True)]
        score = self._world.play(task, (call for turn in turns for call in turn))
        answer = json.dumps([[[call.tool, call.args] for call in turn] for turn in turns])
        return Outcome(task, float(score.success), answer=answer, steps=score.steps)


def arranged(engine: Engine, case: Case) -> Order:
    """The order in which an engine makes the calls of a case."""
    return tuple(
        tuple(given[i] for i in engine.arrange([turn[i] for i in given]))
        if len(given) > 1
        else given
        for turn, given in zip(gold(case.task), case.shuffle, strict=True)
    )


def outcomes(
    rules: Iterable[Rule], cases: Sequence[Case], episodes: Episodes, ties: Ties
) -> list[Outcome]:
    """(n_cases,) what rules lead to."""
    engine = Engine(rules, toolset(), ties=ties)
    return [episodes.outcome(case, arranged(engine, case)) for case in cases]


def successes(
    rules: Iterable[Rule], cases: Sequence[Case], episodes: Episodes, ties: Ties
) -> list[float]:
    """(n_cases,) 1 for success, 0 for failure."""
    return [one.score or 0.0 for one in outcomes(rules, cases, episodes, ties)]


def made_in(order: Sequence[Call], turn: Sequence[Call]) -> tuple[int, ...]:
    """Where the calls of an order stand in a turn."""
    places = {id(call): place for place, call in enumerate(turn)}
    return tuple(places[id(call)] for call in order)
