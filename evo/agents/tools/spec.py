"""What a model is told of a tool: name, description and JSON schema, derived from a function."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from genomes.errors import ConfigError
from genomes.rules import Tool

_ARGS = re.compile(r"^\s*(?:Args|Arguments|Parameters):\s*$")
_PARAMETER = re.compile(r"^\s*(\w+)(?:\s*\([^)]*\))?:\s+(.+)$")
_NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}


@dataclass(frozen=True)
class ToolSpec:
    """One tool as models and rules know it.

    Attributes:
        name: As it is called.
        description: What it does.
        parameters: JSON schema of its arguments, an object.
        tool_class: Its class or API, for rules; may be empty.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: dict(_NO_ARGUMENTS))
    tool_class: str = ""

    @property
    def args(self) -> tuple[str, ...]:
        """Names of its arguments."""
        return tuple(self.parameters.get("properties", ()))

    @property
    def as_tool(self) -> Tool:
        """What rules need to know of it."""
        return Tool(name=self.name, tool_class=self.tool_class, args=self.args)


@dataclass(frozen=True)
class ToolFunction:
    """A tool and the function behind it.

    Attributes:
        spec: What the model is told.
        function: Called with the arguments by name.
    """

    spec: ToolSpec
    function: Callable[..., Any]


def tool(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    tool_class: str = "",
) -> ToolFunction:
    """A tool from a function; what is not given is read from its signature and docstring.

    Args:
        function: Called with keyword arguments.
        name: As the model calls it; default that of the function.
        description: Default the first paragraph of the docstring.
        parameters: JSON schema of an object; default by the type hints, with the lines of the
            docstring's section ``Args``.
        tool_class: Its class or API, for rules.

    Raises:
        ConfigError: A type hint has no JSON schema, or the function has no name.
    """
    named = name or getattr(function, "__name__", "")
    if not named or named == "<lambda>":
        raise ConfigError("a tool has no name", remedy="use a function with a name, or give name=")
    return ToolFunction(
        ToolSpec(
            named,
            _summary(function) if description is None else description,
            _schema(function, named) if parameters is None else dict(parameters),
            tool_class,
        ),
        function,
    )


def _summary(function: Callable[..., Any]) -> str:
    text = inspect.getdoc(function) or ""
    return " ".join(text.split("\n\n")[0].split())


def _schema(function: Callable[..., Any], name: str) -> dict[str, Any]:
    told, hints = dict(_told(inspect.getdoc(function) or "")), _hints(function)
    properties: dict[str, Any] = {}
    required: list[str] = []
    open_ended = False
    for key, parameter in _signature(function, name).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            open_ended = True
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise _unfit(name, key, "cannot be given by name")
        properties[key] = _property(hints.get(key, Any), parameter, told.get(key), name)
        if parameter.default is parameter.empty:
            required.append(key)
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return schema if open_ended else {**schema, "additionalProperties": False}


def _property(hint: Any, parameter: inspect.Parameter, told: str | None, tool: str) -> Any:
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        found = TypeAdapter(hint).json_schema()
    except (PydanticUserError, NameError, TypeError) as error:
        raise _unfit(tool, parameter.name, f"has the type {hint!r}, without JSON schema") from error
    return {**found, "description": told} if told else found


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError):  # names that only a type checker sees
        return {}


def _signature(function: Callable[..., Any], name: str) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"the tool {name!r} does not tell its arguments",
            remedy="give parameters=, a JSON schema",
        ) from error


def _told(doc: str) -> Iterator[tuple[str, str]]:
    """The lines of the section ``Args``."""
    inside = False
    for line in doc.splitlines():
        if _ARGS.match(line):
            inside = True
        elif inside and line.strip() and not line.startswith((" ", "\t")):
            return
        elif inside and (found := _PARAMETER.match(line)):
            yield found[1], found[2].strip()


def _unfit(tool: str, argument: str, what: str) -> ConfigError:
    return ConfigError(
        f"the argument {argument!r} of the tool {tool!r} {what}",
        remedy="give parameters=, a JSON schema, or change the function",
    )
