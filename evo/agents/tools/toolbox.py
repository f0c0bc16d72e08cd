"""The tools of one example, made anew for it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass, replace
from typing import Any

from evo.agents.tools.observed import LONGEST, Observed, observe
from evo.agents.tools.spec import ToolFunction, ToolSpec, tool
from genomes.errors import ConfigError

_SHAPE = "give a list of functions, a class with public methods, or a function that makes either"
_OWN = frozenset({"state", "end", "close"})
"""Methods that are for the agent, not for the model."""


class Toolbox:
    """Tools that may share a state, used for one example.

    An object may tell more than its tools: ``state()`` gives what conditions of rules may ask
    about, ``end(answer)`` the text that is scored in place of the answer, such as the state that
    the calls have led to.

    Args:
        tools: The tools; of two with one name the first counts.
        owner: The object that they are methods of, if there is one.
        longest: Characters after which an observation is cut.
    """

    def __init__(
        self, tools: Sequence[ToolFunction], owner: object = None, longest: int = LONGEST
    ) -> None:
        self._functions: dict[str, ToolFunction] = {}
        for one in tools:
            self._functions.setdefault(one.spec.name, one)
        self._owner = owner
        self._longest = longest

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told."""
        return tuple(one.spec for one in self._functions.values())

    @property
    def has_end(self) -> bool:
        """Whether something else than the answer's text is scored."""
        return self._has("end") or self._has("score")

    def call(self, name: str, args: Mapping[str, Any]) -> Observed:
        """Calls a tool; whatever it raises is an observation."""
        found = self._functions.get(name)
        if found is None:
            return Observed.failed(f"there is no tool {name!r}", "unknown tool")
        seen = observe(lambda: found.function(**args), self._longest)
        return replace(seen, state=self._state())

    def end(self, answer: str) -> str:
        """What is scored in place of the answer: what the object's ``end(answer)`` gives, or its
        ``score()`` as JSON; else the answer itself."""
        if self._has("end"):
            given = self._owner.end(answer)  # type: ignore[attr-defined]
        elif self._has("score"):
            given = self._owner.score()  # type: ignore[attr-defined]
        else:
            return answer
        if isinstance(given, str):
            return given
        record = asdict(given) if is_dataclass(given) and not isinstance(given, type) else given
        return json.dumps(record, ensure_ascii=False, default=str)

    def _has(self, name: str) -> bool:
        # A method called score may as well be a tool.
        return name not in self._functions and callable(getattr(self._owner, name, None))

    def _state(self) -> Mapping[str, Any]:
        if not self._has("state"):
            return {}
        given = observe(self._owner.state, 100 * self._longest)  # type: ignore[attr-defined]
        return given.value if isinstance(given.value, dict) else {}


def make_toolbox(target: object, inputs: Mapping[str, str], longest: int = LONGEST) -> Toolbox:
    """The tools for one example.

    Args:
        target: A list of tools (functions, results of ``tool``, or mappings with ``function`` and
            any of ``name``, ``description``, ``parameters``, ``tool_class``); or a class or
            function that makes such a list or an object whose public methods are tools. It is
            given the inputs if it takes an argument.
        inputs: The example's inputs; never its target.
        longest: Characters after which an observation is cut.

    Raises:
        ConfigError: It is none of these.
    """
    made = target
    if callable(target):
        made = target(dict(inputs)) if takes_inputs(target) else target()
    if isinstance(made, (list, tuple)):
        return Toolbox([_function(one) for one in made], None, longest)
    if hasattr(made, "call") and hasattr(made, "tools"):
        return Toolbox(_of_world(made), made, longest)
    if made is None or isinstance(made, (str, bytes, int, float, dict, set, type)):
        raise ConfigError(
            f"the tools are a {type(made).__name__}", where="agent.tools", remedy=_SHAPE
        )
    return Toolbox(_methods(made), made, longest)


def takes_inputs(target: object) -> bool:
    """Whether what makes the tools wants the example's inputs."""
    if not callable(target):
        return False
    try:
        parameters = inspect.signature(target).parameters.values()
    except (ValueError, TypeError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(one.kind in kinds and one.default is one.empty for one in parameters)


def _function(one: object) -> ToolFunction:
    if isinstance(one, ToolFunction):
        return one
    if isinstance(one, Mapping) and callable(one.get("function")):
        try:
            return tool(**one)
        except TypeError as error:
            raise ConfigError(f"a tool cannot be read: {error}", where="agent.tools") from error
    if callable(one):
        return tool(one)
    raise ConfigError(f"a tool is a {type(one).__name__}", where="agent.tools", remedy=_SHAPE)


def _methods(made: object) -> list[ToolFunction]:
    group = type(made).__name__
    names = [name for name in dir(type(made)) if not name.startswith("_") and name not in _OWN]
    # In the order in which they are written, which dir() does not keep.
    written = [name for one in reversed(type(made).__mro__) for name in vars(one)]
    found = [
        tool(getattr(made, name), tool_class=group)
        for name in sorted(names, key=written.index)
        if callable(getattr(type(made), name, None)) and name != "score"
    ]
    if not found:
        raise ConfigError(f"{group} has no public method", where="agent.tools", remedy=_SHAPE)
    return found


def _of_world(world: Any) -> list[ToolFunction]:
    """The tools of an object that calls them by name."""

    def bound(name: str) -> Callable[..., Any]:
        return lambda **args: world.call(name, args)

    return [
        ToolFunction(
            ToolSpec(
                one.name,
                getattr(one, "description", ""),
                dict(one.parameters),
                getattr(one, "tool_class", ""),
            ),
            bound(one.name),
        )
        for one in world.tools
    ]
