"""The multi-turn function-calling world: eight small services and 200 tasks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import localcontext
from functools import cache
from inspect import signature
from types import MappingProxyType
from typing import Any

from benchmarks.worlds.calling.data import Task, catalogue, methods, tasks
from benchmarks.worlds.calling.simulators import api_class
from benchmarks.worlds.calling.state import end_state, fresh
from benchmarks.worlds.world import Observation, Score, WorldTool
from evo.agents.policy import Call
from genomes.errors import DataError, EvogateError

_LONGEST = 20_000
"""Characters of an observation that an agent is shown."""

_MATHS = "MathAPI"
_MOST_DIGITS = 1_000
"""Digits that the maths service may be asked for: more only burns time."""

_NONE: Mapping[str, Any] = MappingProxyType({})

State = dict[str, dict[str, Any]]


class CallingWorld:
    """Runs one episode at a time.

    An episode succeeds if every service ends in the state in which the gold calls leave it and no
    call failed. The simulators draw from generators that the task itself seeds, so the seed of
    ``reset`` changes nothing.
    """

    def __init__(self) -> None:
        self._task: Task | None = None
        self._services: dict[str, Any] = {}
        self._errors = self._steps = 0

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of the 200 tasks."""
        return tuple(tasks())

    @property
    def tools(self) -> tuple[WorldTool, ...]:
        """The tools of the present task's services, without those that the task withholds; all
        before the first ``reset``."""
        task = self._task
        if task is None:
            return tuple(catalogue().values())
        return tuple(
            tool
            for tool in catalogue().values()
            if tool.tool_class in task.apis and tool.name not in task.withheld
        )

    def reset(self, task: str, seed: int = 0) -> None:  # noqa: ARG002 (one signature for all worlds)
        """Begins an episode with fresh services.

        Raises:
            DataError: There is no such task.
        """
        self._task = _known(task)
        self._services = {}
        self._errors = self._steps = 0

    def call(self, name: str, args: Mapping[str, Any]) -> Observation:
        """Calls a tool of the present task by name."""
        try:
            value = self._invoke(name, args)
            error = value.get("error") if isinstance(value, dict) else None
            # Text at once: what a tool returns may be a part of its state.
            seen = Observation(_text(value), None if error is None else str(error))
        except EvogateError as problem:
            seen = self._failed(problem.what)
        except Exception as problem:  # noqa: BLE001 (a simulator may raise anything at bad arguments)
            seen = self._failed(f"{type(problem).__name__}: {problem}")
        self._steps += 1
        self._errors += seen.error is not None
        return seen

    def score(self) -> Score:
        """The episode up to now."""
        task = self._present()
        right = self._errors == 0 and all(
            end_state(self._service(api)) == wanted for api, wanted in _gold_end(task.id).items()
        )
        return Score(right, self._errors, self._steps)

    def play(self, task: str, calls: Iterable[Call]) -> Score:
        """One whole episode of calls that are already chosen. What they give is not kept, and a
        first error ends it, since it cannot succeed any more."""
        self.reset(task)
        for call in calls:
            self._steps += 1
            try:
                value = self._invoke(call.tool, call.args)
            except Exception:  # noqa: BLE001 (a simulator may raise anything at bad arguments)
                value = {"error": ""}
            if isinstance(value, dict) and value.get("error") is not None:
                self._errors = 1
                return Score(False, 1, self._steps)
        return self.score()

    def _invoke(self, name: str, args: Mapping[str, Any]) -> Any:
        task = self._present()
        api, function = methods().get(name, ("", None))
        if function is None or api not in task.apis or name in task.withheld:
            raise DataError(f"there is no tool {name!r}")
        # Some tools keep the lists that they are given, and change them later.
        own = fresh({**_defaults().get(name, _NONE), **args})
        if api == _MATHS:
            return _calculated(function, self._service(api), own)
        return function(self._service(api), **own)

    def _service(self, api: str) -> Any:
        """The service, made when it is first needed."""
        found = self._services.get(api)
        if found is None:
            found = self._services[api] = fresh(_prepared(self._present().id, api))
        return found

    def _present(self) -> Task:
        if self._task is None:
            raise EvogateError("no episode has begun", remedy="call reset first")
        return self._task

    @staticmethod
    def _failed(why: str) -> Observation:
        return Observation(json.dumps({"error": why}), why)


def gold(task: str) -> tuple[tuple[Call, ...], ...]:
    """The gold calls of a task, a tuple a turn.

    Raises:
        DataError: There is no such task.
    """
    return _known(task).gold


def _known(task: str) -> Task:
    found = tasks().get(task)
    if found is None:
        raise DataError(f"there is no task {task!r}")
    return found


@cache
def _prepared(task: str, api: str) -> Any:
    """A service as the task sets it up; never called, only copied."""
    service = api_class(api)()
    if hasattr(service, "_load_scenario"):
        service._load_scenario(fresh(_known(task).start.get(api, {})))
    return service


@cache
def _gold_end(task: str) -> State:
    """End state of each service that the gold calls touch; the others must stay as they were."""
    world = CallingWorld()
    world.reset(task)
    for turn in gold(task):
        for call in turn:
            world.call(call.tool, call.args)
    return {api: end_state(world._service(api)) for api in _known(task).apis}


@cache
def _defaults() -> dict[str, dict[str, Any]]:
    """Tool to those of its default arguments that can change: Python makes them once for all
    calls, so one episode would write into the next."""
    found = {
        name: {
            key: fresh(parameter.default)
            for key, parameter in signature(function).parameters.items()
            if isinstance(parameter.default, list | dict | set)
        }
        for name, (_, function) in methods().items()
    }
    return {name: defaults for name, defaults in found.items() if defaults}


def _calculated(function: Any, service: Any, args: Mapping[str, Any]) -> Any:
    digits = args.get("precision", 0)
    if isinstance(digits, int) and digits > _MOST_DIGITS:
        raise DataError(f"precision {digits} is more than {_MOST_DIGITS}")
    with _own_precision():
        return function(service, **args)


@contextmanager
def _own_precision() -> Iterator[None]:
    """The maths service sets the precision of the whole process; here it cannot."""
    import mpmath

    with localcontext(), mpmath.workdps(15):
        yield


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
