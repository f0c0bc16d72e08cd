"""Tools in this process: any Python objects, fast; a tool that hangs cannot be killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from evo.agents.tools.observed import LONGEST, Observed
from evo.agents.tools.spec import ToolSpec
from evo.agents.tools.toolbox import Toolbox, make_toolbox, takes_inputs
from genomes.errors import EvogateError, ModelError

_Value = TypeVar("_Value")


class ThreadTools:
    """Makes tools in this process. Implements ``ToolSource``.

    A tool that takes too long is left alone in its thread and goes on using the processor until
    it ends; the tools are made anew. Where tools may hang, use ``ProcessTools``.

    Args:
        target: See ``make_toolbox``. Of a list only the functions are known, so state that they
            keep outside is shared by all examples; a class or function makes it anew.
        longest: Characters after which an observation is cut.
    """

    def __init__(self, target: object, *, longest: int = LONGEST) -> None:
        self._target = target
        self._longest = longest

    @property
    def fixed(self) -> bool:
        """Whether the tools are the same for all inputs."""
        return not takes_inputs(self._target)

    def open(self, inputs: Mapping[str, str]) -> ThreadSession:
        """The tools for one example.

        Raises:
            ConfigError: What was named gives no tools.
            ModelError: Making them failed.
        """
        return ThreadSession(lambda: self._made(inputs))

    def _made(self, inputs: Mapping[str, str]) -> Toolbox:
        try:
            return make_toolbox(self._target, inputs, self._longest)
        except EvogateError:
            raise
        except Exception as error:  # the user's own code may raise anything
            raise ModelError(
                f"making the tools raised {type(error).__name__}: {error}",
                where="agent.tools",
                remedy="make them by hand for one example",
            ) from error


class ThreadSession:
    """The tools of one example in this process; see ``Session``."""

    def __init__(self, make: Callable[[], Toolbox]) -> None:
        self._make = make
        self._toolbox = make()

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told."""
        return self._toolbox.specs

    @property
    def has_end(self) -> bool:
        """Whether something else than the answer's text is scored."""
        return self._toolbox.has_end

    def call(self, name: str, args: Mapping[str, object], seconds: float) -> Observed:
        """Calls a tool."""
        toolbox = self._toolbox
        try:
            return _within(seconds, lambda: toolbox.call(name, args))
        except TimeoutError:
            self._toolbox = self._make()
            return late(name, seconds, "left running")

    def end(self, answer: str, seconds: float) -> str:
        """What is scored."""
        try:
            return _within(seconds, lambda: self._toolbox.end(answer))
        except TimeoutError as error:
            raise ModelError(f"the end of the tools took longer than {seconds:g} s") from error
        except Exception as error:
            raise ModelError(
                f"the end of the tools raised {type(error).__name__}: {error}"
            ) from error

    def close(self) -> None:
        """Nothing is held."""


def late(name: str, seconds: float, what: str) -> Observed:
    """What is observed of a tool that took too long."""
    return Observed.failed(
        f"{name} took longer than {seconds:g} s and was {what}; the tools were made anew, so "
        "what earlier calls changed in them is lost",
        "tool timed out",
    )


def _within(seconds: float, work: Callable[[], _Value]) -> _Value:
    """Raises: TimeoutError, if the work is not done in time; else whatever it raises."""
    done: list[_Value] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True, name="evogate-tool")
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError
    return done[0]
