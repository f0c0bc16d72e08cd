"""What a run started from; a resumed run must start from the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from evo.models import Model
from evo.task import Task
from fitness.protocols import Agent
from genomes.hashing import content_hash


class Origin(BaseModel):
    """Where a config came from.

    Attributes:
        file: Absolute path of the file; ``None`` if it came from none.
        overrides: ``dotted.key=value`` of the command line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path | None = None
    overrides: tuple[str, ...] = ()


class Launch(BaseModel):
    """The start of a run; kept with it before its first call.

    With the config, the stored responses and the seed of the random streams it determines the
    whole run, so that a run is resumed by repeating it from here.

    Attributes:
        champion: Id of the champion's version in force.
        attempts: Gate attempts in the workspace.
        seed: Id of the task's seed genome.
        spec: Hash of what may vary.
        suites: Suite to the hash of its examples, targets and scorer.
        agent: Fingerprint of the agent and its model.
        proposer: Fingerprint of the model that writes proposals; ``None`` without one.
        origin: Where the config came from.
        before: Last row of the ledger that belongs to another start: the run was then changed
            on purpose and begins here; 0 if it never was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    champion: str
    attempts: int
    seed: str
    spec: str
    suites: dict[str, str]
    agent: str
    proposer: str | None = None
    origin: Origin = Origin()
    before: int = 0

    @classmethod
    def of(
        cls,
        task: Task,
        agent: Agent,
        proposer: Model | None = None,
        *,
        champion: str,
        attempts: int,
        origin: Origin,
    ) -> Launch:
        """The start of a run of ``agent`` on ``task``."""
        return cls(
            champion=champion,
            attempts=attempts,
            seed=task.seed.id,
            spec=content_hash(task.spec),
            suites={suite.name: suite.hash for suite in task.suites},
            agent=agent.fingerprint,
            proposer=proposer.fingerprint if proposer else None,
            origin=origin,
        )

    def differences(self, task: Task, agent: Agent, proposer: Model | None = None) -> list[str]:
        """What is no longer as it was, in words; empty if all is the same."""
        now = Launch.of(
            task, agent, proposer, champion=self.champion, attempts=0, origin=self.origin
        )
        pairs = (
            ("the seed genome", self.seed, now.seed),
            ("what may vary (spec)", self.spec, now.spec),
            ("the agent or its model", self.agent, now.agent),
            ("the model that writes proposals", self.proposer, now.proposer),
        )
        return [name for name, old, new in pairs if old != new] + [
            f"suite {name!r}" for name in _changed(self.suites, now.suites)
        ]


def changed_keys(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted keys in which two configs differ, each with the new and the old value."""
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from changed_keys(before, after, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key} ({after!r}, was {before!r})"


def moved(content: Any, old: str, new: str) -> Any:
    """JSON content with every path below the folder ``old`` put below ``new``."""
    if isinstance(content, Mapping):
        return {key: moved(value, old, new) for key, value in content.items()}
    if isinstance(content, list):
        return [moved(value, old, new) for value in content]
    if isinstance(content, str) and (content == old or content.startswith(f"{old}/")):
        return new + content.removeprefix(old)
    return content


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
