"""Which objectives a run has: the default ones, those of the config, those of the suites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fitness.objectives import OBJECTIVES, Objective
from fitness.scorers import scorer_name
from fitness.suites import Suite

if TYPE_CHECKING:
    from evo.config import Config, ObjectiveConfig
    from evo.task import Task


def objectives_of(config: Config, task: Task) -> tuple[Objective, ...]:
    """The objectives of a run: the default four first and in order, then those of the config,
    then further scorers that the task's search suites bring with them."""
    given = {one.name: one.objective() for one in config.objectives}
    first = tuple(given.pop(one.name, one) for one in OBJECTIVES)
    found = {
        name: Objective(name, "maximise", "mean score in [0, 1]")
        for suite in task.of("search")
        if suite.domain == task.domain
        for name, _ in suite.others
    }
    return (*first, *({**found, **given}.values()))


def with_scorers(task: Task, given: Sequence[ObjectiveConfig]) -> Task:
    """The task with the config's further scorers on its own search suites."""
    extra = tuple((one.name, scorer_name(one.scorer)) for one in given if one.scorer is not None)
    if not extra:
        return task

    def extended(suite: Suite) -> Suite:
        if suite.role != "search" or suite.domain != task.domain:
            return suite
        return replace(suite, others=tuple({**dict(suite.others), **dict(extra)}.items()))

    return replace(task, suites=tuple(map(extended, task.suites)))
