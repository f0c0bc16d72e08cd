"""The loop as one call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evo.config import Config, load_config, resolve
from evo.result import Result
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
) -> Result:
    """Evolves, lets the gate decide, and puts what passes in force.

    Args:
        config: Path of an ``evo.yaml``, its content, or a resolved ``Config``.
        task: Instead of the one that the config names.
        agent: What is improved, instead of a chat with the config's model: anything with the
            protocol ``fitness.protocols.Agent``.
        listener: Told of every event.

    Returns:
        Champion, final report, gate decisions, front.

    Raises:
        EvogateError: Config, data, model, budget or store cannot be used.
    """
    if isinstance(config, (str, Path)):
        config = load_config(config)
    elif not isinstance(config, Config):
        config = resolve(config)
    return run(config, task=task, agent=agent, listener=listener)
