"""Validation errors in the user's terms: dotted key, value, line, and what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from genomes.errors import ConfigError

Location = tuple[int | str, ...]


@dataclass(frozen=True)
class Source:
    """Where a config was read.

    Attributes:
        name: The file's name, as messages show it.
        text: The file's content.
        overrides: Dotted keys that came from elsewhere (``--set``).
    """

    name: str = "config"
    text: str = ""
    overrides: frozenset[str] = frozenset()

    def describe(self, location: Location) -> str:
        """``evo.yaml:14 gate.alpha``, or ``--set gate.alpha``."""
        dotted = _dotted(location)
        if dotted in self.overrides:
            return f"--set {dotted}"
        line = self.line(location)
        below = sorted(key for key in self.overrides if key.startswith(f"{dotted}."))
        if below and line is None:  # an override made the block
            return f"--set {below[0]}"
        return f"{self.name}:{line} {dotted}" if line else f"{self.name} {dotted}".rstrip()

    def line(self, location: Location) -> int | None:
        """The line, from 1, of the deepest part of ``location`` that the file holds."""
        node = yaml.compose(self.text, Loader=yaml.SafeLoader)
        line = None
        for part in location:
            found = _child(node, part)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line + 1
        return line


def _child(node: yaml.Node | None, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def explain(error: ValidationError, model: type[BaseModel], source: Source) -> ConfigError:
    """The first problem of ``error`` as a ``ConfigError``, and how many more there are."""
    problems = error.errors()
    # An unknown key is the likely cause of a missing one: say it first.
    first = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    location = first["loc"]
    what, remedy = _reworded(dict(first), model)
    if len(problems) > 1:
        what += f" (and {len(problems) - 1} more)"
    return ConfigError(what, where=source.describe(location), remedy=remedy)


def _reworded(problem: dict[str, Any], model: type[BaseModel]) -> tuple[str, str | None]:
    location, kind = problem["loc"], problem["type"]
    dotted = _dotted(location)
    if kind == "extra_forbidden":
        known = _keys(model, location[:-1])
        return f"unknown key {str(location[-1])!r}", did_you_mean(str(location[-1]), known)
    if kind == "missing":
        return f"{dotted} is missing", f"add {dotted}"
    if kind == "value_error":
        message = str(problem["ctx"]["error"])
        return (f"{dotted}: {message}" if dotted else message), None
    message = _EXPECTED.get(kind, problem["msg"].removeprefix("Input "))
    return f"{dotted} is {problem['input']!r}, but {message}", "all keys: evogate config schema"


_EXPECTED = {
    "model_type": "should be a block of keys",
    "tuple_type": "should be a list",
    "path_type": "should be a path",
}


def did_you_mean(word: str, known: list[str]) -> str:
    """A remedy for a mistyped name: the nearest known ones, or all of them."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location)


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    fields: Mapping[str, Any] = model.model_fields
    for part in location:
        field = fields.get(str(part))
        inner = _model_of(field.annotation) if field is not None else None
        if inner is None:
            return []
        fields = inner.model_fields
    return list(fields)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
