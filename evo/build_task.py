"""From a config to the task that a run works on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evo.objectives import with_scorers
from evo.plugins import SUITES, load_plugin
from evo.task import Task
from fitness.scorers import load_function
from fitness.suites.checks import check_suites
from genomes import render
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from evo.config import Config


def build_task(config: Config) -> Task:
    """Loads all examples and the seed genome, and checks them; no model is needed.

    Raises:
        ConfigError: The task does not exist or is none.
        DataError: Suites leak, are empty, hold duplicates or a single class.
        GenomeError: The seed genome cannot be rendered.
    """
    if config.data is not None:
        from evo.own_data import own_task

        return with_scorers(own_task(config, config.data), config.objectives)
    return with_scorers(_named(str(config.task), config.name), config.objectives)


def _named(path: str, name: str) -> Task:
    function = load_function(path) if ":" in path else load_plugin(SUITES, path)
    task = function()
    if not isinstance(task, Task):
        raise ConfigError(
            f"{path} gave a {type(task).__name__}, not an evo.task.Task", where="task"
        )
    check_suites(task.suites, {domain.name: domain.labels for domain in task.seed.domains})
    for domain in {suite.domain for suite in task.suites}:
        render(task.seed, domain)
    return replace(task, name=name)
