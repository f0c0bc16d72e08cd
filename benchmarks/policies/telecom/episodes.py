"""Running a repair script: the policy orders the steps, and each in turn is made or passed over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from benchmarks.policies.telecom.script import STEPS
from benchmarks.policies.telecom.walker import Made, Passes, Point, Script
from benchmarks.worlds.telecom import TelecomWorld, readings
from evo.agents.policy import Call, Step
from fitness.outcome import Outcome
from genomes.rules import Rule


class Repairs:
    """Runs scripts in the world and keeps where each step led from each state.

    The world is deterministic and knows nothing but its state, so a step is made once from each
    state, whatever order of calls has led there.

    Args:
        steps: The calls that a script may make, each at most once.

    Attributes:
        asked: Episodes asked for.
        run: Steps that were made in the world.
    """

    def __init__(self, steps: tuple[Call, ...] = STEPS) -> None:
        self.steps = steps
        self.run = self.asked = 0
        self._world = TelecomWorld()
        self._live: tuple[str, Made] | None = None
        self._starts: dict[str, Point] = {}
        self._passes: Passes = {}
        self._next: dict[tuple[bytes, int], tuple[Point, Step]] = {}
        self._ends: dict[tuple[str, bytes, frozenset[int]], bool] = {}

    def outcomes(self, rules: Iterable[Rule], tasks: Sequence[str]) -> list[Outcome]:
        """(n_tasks,) what a script leads to."""
        script = Script(rules, self.steps, self._passes)
        return [self._outcome(task, script) for task in tasks]

    def successes(self, rules: Iterable[Rule], tasks: Sequence[str]) -> list[float]:
        """(n_tasks,) 1 for success, 0 for failure."""
        return [one.score or 0.0 for one in self.outcomes(rules, tasks)]

    def state_of(self, task: str) -> dict[str, Any]:
        """What rules can ask about when a task begins."""
        return self._start(task).state

    def after(self, task: str, made: Made) -> bool:
        """Whether steps solve a task."""
        point = self._start(task)
        for place, index in enumerate(made):
            point, _ = self._step(task, made[:place], point, index)
        return self._solved(task, made, point)

    def _outcome(self, task: str, script: Script) -> Outcome:
        self.asked += 1
        made, point = self._walk(task, script)
        answer = json.dumps([[[self.steps[i].tool, dict(self.steps[i].args)] for i in made]])
        solved = self._solved(task, made, point)
        return Outcome(task, float(solved), answer=answer, steps=len(made))

    def _walk(self, task: str, script: Script) -> tuple[Made, Point]:
        """The order is settled at the start; each step is looked at once, in the state that those
        before it have led to."""
        point, made, history = self._start(task), Made(), tuple[Step, ...]()
        for index in script.order(point):
            if script.passes(index, point, made, history):
                point, step = self._step(task, made, point, index)
                made, history = (*made, index), (*history, step)
        return made, point

    def _start(self, task: str) -> Point:
        found = self._starts.get(task)
        if found is None:
            self._go(task, ())
            found = self._starts[task] = self._here(task, ())
        return found

    def _step(self, task: str, made: Made, point: Point, index: int) -> tuple[Point, Step]:
        found = self._next.get((point.digest, index))
        if found is None:
            self.run += 1
            self._go(task, made)
            step = self._make(index)
            found = self._here(task, (*made, index)), step
            self._next[point.digest, index] = found
        return found

    def _solved(self, task: str, made: Made, point: Point) -> bool:
        key = task, point.digest, frozenset(made)
        if key not in self._ends:
            self._go(task, made)
            self._ends[key] = self._world.score().success
        return self._ends[key]

    def _go(self, task: str, made: Made) -> None:
        """Brings the world where the steps lead: on from where it is, or from the start."""
        live = self._live
        done = len(live[1]) if live and live[0] == task and live[1] == made[: len(live[1])] else -1
        if done < 0:
            self._world.reset(task)
            done = 0
        for index in made[done:]:
            self._make(index)
        self._live = task, made

    def _make(self, index: int) -> Step:
        call = self.steps[index]
        seen = self._world.call(call.tool, call.args)
        return Step(call, seen.text, seen.error)

    def _here(self, task: str, made: Made) -> Point:
        self._live = task, made
        digest = sha256(self._world.state.encode()).digest()
        return Point(readings(self._world), digest)
