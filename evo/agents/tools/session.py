"""Where tools come from, and the tools of one example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from evo.agents.tools.observed import Observed
from evo.agents.tools.spec import ToolSpec


class Session(Protocol):
    """The tools of one example; used by one thread.

    ``call`` never raises for what a tool or its caller did wrong. A tool that takes longer than
    ``seconds`` is given up: what is called afterwards meets tools that were made anew. ``end``
    gives what is scored in place of the answer, and raises ``ModelError`` if that fails;
    ``has_end`` says whether it is anything else than the answer.
    """

    @property
    def specs(self) -> tuple[ToolSpec, ...]: ...

    @property
    def has_end(self) -> bool: ...

    def call(self, name: str, args: Mapping[str, object], seconds: float) -> Observed: ...

    def end(self, answer: str, seconds: float) -> str: ...

    def close(self) -> None: ...


class ToolSource(Protocol):
    """Makes the tools anew for each example: nothing that one example did is seen by another.

    Thread-safe. ``open`` raises ``ModelError`` where the tools cannot be made and ``ConfigError``
    where they are none. ``fixed`` says whether they are the same for all inputs.
    """

    @property
    def fixed(self) -> bool: ...

    def open(self, inputs: Mapping[str, str]) -> Session: ...
