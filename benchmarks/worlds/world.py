"""What every tool world offers, whoever drives it: a policy, a script or an agent with a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class WorldTool:
    """A tool of a world.

    Attributes:
        name: As it is called; unique in its world.
        tool_class: The API that it belongs to.
        description: What it does, in the words of the world's authors.
        parameters: JSON schema of its arguments, an object.
    """

    name: str
    tool_class: str
    description: str
    parameters: Mapping[str, Any]

    @property
    def args(self) -> tuple[str, ...]:
        """Names of its arguments."""
        return tuple(self.parameters.get("properties", ()))


@dataclass(frozen=True)
class Observation:
    """What a call gave back.

    Attributes:
        text: What an agent reads; JSON where the tool gave a structure.
        error: Why the call failed; ``None`` if it did not.
    """

    text: str
    error: str | None = None


@dataclass(frozen=True)
class Score:
    """How an episode ended.

    Attributes:
        success: Whether the end is the wanted one and no call failed.
        errors: Calls that failed.
        steps: Calls made.
    """

    success: bool
    errors: int
    steps: int


class World(Protocol):
    """A world with tools, in which one episode runs at a time.

    ``reset`` makes a fresh state: nothing that an episode did is seen by a later one. Equal task,
    seed and calls give an equal end.
    """

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of all tasks, in the order of the source."""
        ...

    @property
    def tools(self) -> tuple[WorldTool, ...]:
        """The tools of the present task; of all tasks before the first ``reset``."""
        ...

    def reset(self, task: str, seed: int = 0) -> None:
        """Begins an episode of a task.

        Raises:
            DataError: There is no such task.
        """
        ...

    def call(self, name: str, args: Mapping[str, Any]) -> Observation:
        """Calls a tool. Never raises for what the caller did wrong: that is an observation with
        an error."""
        ...

    def score(self) -> Score:
        """The episode up to now."""
        ...
