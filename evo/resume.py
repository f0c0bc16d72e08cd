"""Going on with a run that was killed, stopped or failed: by repeating it from its start.

A run is a function of its config, of what it started from (``Launch``) and of the responses in
the store: a stored response is charged to the budget and not bought, and every random stream is
derived from the seed. So nothing but responses and decisions has to survive a kill.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from evo.champion import Registry, Version
from evo.config import Config
from evo.launch import Launch, changed_keys, moved
from evo.models import Model
from evo.storage import Store
from evo.task import Task
from fitness.budget import Cost
from fitness.protocols import Agent
from genomes.errors import ConfigError, IntegrityError

_ANEW = "or start anew with: evogate run (it pays for nothing that was measured before)"
_FINISHED = ("done",)


class RunClock:
    """Seconds for the budget of a resumed run.

    What is repeated takes no time; the seconds of earlier processes count from the first new
    call on.

    Args:
        earlier: Seconds that earlier processes worked.
    """

    def __init__(self, earlier: float = 0.0) -> None:
        self._earlier = earlier
        self._counted = 0.0

    def __call__(self) -> float:
        """Seconds, monotonic."""
        return time.monotonic() + self._counted

    def catch_up(self) -> None:
        """From now on the earlier seconds count."""
        self._counted = self._earlier


@dataclass(frozen=True)
class Past:
    """A run that can be resumed.

    Attributes:
        run_id: Its id.
        config: The config that it began with, paths below the present workspace.
        launch: What it started from.
        status: How its last process ended; ``running`` if it was killed.
        summary: Of a finished run.
        lost: Calls in flight at kills, and those whose answers were cleared since; charged,
            because they were or may have been billed.
        seconds: Time that its processes have worked.
        changed: Keys of the config that differ from what it began with, and may.
    """

    run_id: str
    config: Config
    launch: Launch
    status: str
    summary: dict[str, Any] | None
    lost: Cost
    seconds: float
    changed: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.status in _FINISHED


def recall(workspace: Path, run: str = "latest") -> Past:
    """What the store knows of a run.

    Args:
        workspace: The folder that holds ``runs/``.
        run: Id, unique beginning of an id, or ``latest``.

    Raises:
        ConfigError: No run or several runs fit, or the run cannot be resumed; its frozen config
            was edited.
        StoreError: The store cannot be used.
    """
    path = workspace / "runs" / "evo.db"
    if not path.is_file():
        raise ConfigError(
            "nothing was run here yet", where=str(path), remedy="start one with: evogate run"
        )
    with Store(path) as store:
        row = store.run(run)
        launch = store.get_state(row["id"], "launch")
        if launch is None:
            raise ConfigError(
                f"run {row['id']} does not say what it started from",
                remedy="it cannot be resumed; start anew with: evogate run",
            )
        stored = json.loads(row["config_json"])
        past = Past(
            run_id=row["id"],
            config=_config(workspace, row["id"], stored),
            launch=Launch.model_validate(_here(launch, stored, workspace)),
            status=row["status"],
            summary=row["summary"] if row["status"] in _FINISHED else None,
            lost=Cost(),
            seconds=0.0,
        )
        return look_again(past, store)


def look_again(past: Past, store: Store) -> Past:
    """What the ledger says now; another process may have gone on with the run meanwhile."""
    run_id = past.run_id
    row = store.run(run_id)
    starts = [e["time"] for e in store.events(run_id) if e["kind"] in ("launch", "resume")]
    return replace(
        past,
        status=row["status"],
        summary=row["summary"] if row["status"] in _FINISHED else None,
        lost=Cost(*store.lost_calls(run_id, past.launch.before)),
        seconds=_worked(starts, store.signs_of_life(run_id)),
    )


def check_unfinished(past: Past) -> None:
    """Refuses a run that has reached its end.

    Raises:
        ConfigError: It has.
    """
    if past.finished:
        raise ConfigError(
            f"run {past.run_id} is finished", remedy=f"see: evogate runs show {past.run_id}"
        )


def still_missing(workspace: Path, past: Past) -> int:
    """How many responses of a run failed at every try."""
    with Store(workspace / "runs" / "evo.db") as store:
        return store.missing_responses(past.run_id)


def differences(
    past: Past, task: Task, agent: Agent, proposer: Model | None = None
) -> tuple[str, ...]:
    """All in which a run would go on otherwise than it began, in words."""
    return (*past.changed, *past.launch.differences(task, agent, proposer))


def check_unchanged(past: Past, task: Task, agent: Agent, proposer: Model | None = None) -> None:
    """Refuses a task, an agent or a proposer that is not what the run started from.

    Raises:
        ConfigError: Names all that differs.
    """
    changed = differences(past, task, agent, proposer)
    if changed:
        raise ConfigError(
            f"run {past.run_id} cannot go on: {', '.join(changed)} changed since it began",
            remedy=f"restore what it began with, go on all the same with --allow-changed, {_ANEW}",
        )


def with_config(past: Past, present: Config, where: str) -> Past:
    """The run with the config as it stands now, and what differs noted in ``changed``.

    Raises:
        ConfigError: It is the config of another agent.
    """
    if present.name != past.config.name:
        raise ConfigError(
            f"run {past.run_id} is one of {past.config.name!r}, the config speaks of "
            f"{present.name!r}",
            where=where,
            remedy="start anew with: evogate run",
        )
    changed = tuple(changed_keys(_content(past.config), _content(present)))
    return replace(past, config=present, changed=changed)


def check_config(past: Past, present: Config, where: str) -> None:
    """Refuses a config that is not the one that the run began with.

    Args:
        past: The run.
        present: The config as it stands now, with the run's own overrides.
        where: Its file, for the message.

    Raises:
        ConfigError: Names all keys that differ.
    """
    changed = list(changed_keys(_content(past.config), _content(present)))
    if changed:
        raise ConfigError(
            f"run {past.run_id} cannot go on: {', '.join(changed)} changed since it began",
            where=where,
            remedy=f"restore the file, go on all the same with --allow-changed, {_ANEW}",
        )


def champion_at_launch(past: Past, registry: Registry) -> Version:
    """The champion that the run started from.

    Raises:
        IntegrityError: Since then another one was put in force, and not by this run: what the
            run would show against the old one says nothing about the new one.
    """
    start, head = registry.version(past.launch.champion), registry.head()
    own = head.parent == start.id and head.provenance.get("run") == past.run_id
    if head.id != start.id and not own:
        raise IntegrityError(
            f"run {past.run_id} cannot go on: it started from champion version {start.number}, "
            f"now version {head.number} is in force",
            where=str(registry.root),
            remedy="start anew with: evogate run (it pays for nothing that was measured before)",
        )
    return start


def _content(config: Config) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(config.model_dump_json())
    return content


def _config(workspace: Path, run_id: str, stored: dict[str, Any]) -> Config:
    frozen = workspace / "runs" / run_id / "config.yaml"
    if frozen.is_file():
        edited = list(changed_keys(stored, yaml.safe_load(frozen.read_text(encoding="utf-8"))))
        if edited:
            raise ConfigError(
                f"the config of run {run_id} was edited: {', '.join(edited)}",
                where=str(frozen),
                remedy=f"restore the file, {_ANEW}",
            )
    return Config.model_validate(_here(stored, stored, workspace))


def _here(content: Any, stored: dict[str, Any], workspace: Path) -> Any:
    """The content with its paths below the workspace where that lies now."""
    return moved(content, stored["workspace"], str(workspace.absolute()))


def _worked(starts: Sequence[str], signs: Sequence[str]) -> float:
    """Seconds between the start of each process and its last sign of life."""
    times = sorted(map(datetime.fromisoformat, signs))
    total = 0.0
    begun = sorted(map(datetime.fromisoformat, starts))
    for index, start in enumerate(begun):
        end = begun[index + 1] if index + 1 < len(begun) else None
        last = max((t for t in times if t >= start and (end is None or t < end)), default=start)
        total += (last - start).total_seconds()
    return total
