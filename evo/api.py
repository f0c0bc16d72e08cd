"""The loop as one call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evo.config import Config, config_file, load_config, resolve
from evo.launch import Origin
from evo.result import Result
from evo.resume import check_config, recall, with_config
from evo.run import resume as go_on
from evo.run import run
from evo.session import Listener
from evo.task import Task
from fitness.protocols import Agent


def optimize(
    config: Config | Mapping[str, Any] | str | Path,
    *,
    task: Task | None = None,
    agent: Agent | None = None,
    listener: Listener | None = None,
    resume: str | None = None,
    allow_changed: bool = False,
    retry_errors: bool = False,
) -> Result:
    """Evolves, lets the gate decide, and puts what passes in force.

    Args:
        config: Path of an ``evo.yaml``, its content, or a resolved ``Config``.
        task: Instead of the one that the config names.
        agent: What is improved, instead of a chat with the config's model: anything with the
            protocol ``fitness.protocols.Agent``.
        listener: Told of every event.
        resume: Id of an unfinished run (or its beginning, or ``latest``) to go on with, instead
            of starting one.
        allow_changed: With ``resume``: goes on although config, genome, data or agent differ.
        retry_errors: With ``resume``: asks again for what is stored as a failure.

    Returns:
        Champion, final report, gate decisions, front.

    Raises:
        EvogateError: Config, data, model, budget or store cannot be used.
    """
    origin = Origin(file=config_file(config)) if isinstance(config, (str, Path)) else Origin()
    resolved = _resolved(config, ())
    if resume is None:
        return run(resolved, task=task, agent=agent, listener=listener, origin=origin)
    past = recall(resolved.workspace, resume)
    present = _resolved(config, past.launch.origin.overrides)
    if allow_changed:
        past = with_config(past, present, "config")
    else:
        check_config(past, present, "config")
    return go_on(
        past,
        task=task,
        agent=agent,
        listener=listener,
        allow_changed=allow_changed,
        retry_errors=retry_errors,
    )


def _resolved(
    config: Config | Mapping[str, Any] | str | Path, overrides: tuple[str, ...]
) -> Config:
    if isinstance(config, Config):
        return config
    if isinstance(config, (str, Path)):
        return load_config(config, overrides)
    return resolve(config, sets=overrides)
