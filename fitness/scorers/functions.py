"""The user's own functions by name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from fitness.reading import Answer
from fitness.scorers.protocol import Scorer
from fitness.suites.example import Example
from genomes.errors import ConfigError


def load_function(path: str) -> Callable[..., Any]:
    """Imports ``module:function``.

    Raises:
        ConfigError: The module or the function does not exist.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"cannot import {path!r}: {error}") from error
    if not callable(found):
        raise ConfigError(f"{path!r} is a {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def function_scorer(path: str) -> Scorer:
    """A scorer from ``function(answer: str | None, target: str) -> float``; one that needs a
    third argument gets the example's inputs as a mapping.

    Raises:
        ConfigError: There is no such function, or it takes other parameters.
    """
    function = load_function(path)
    given = _parameters(function, path)

    def score(answer: Answer, example: Example) -> float:
        values = (answer.text, example.target, dict(example.inputs))
        return function(*values[:given])  # type: ignore[no-any-return]

    return score


def _parameters(function: Callable[..., Any], path: str) -> int:
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions in C tell nothing
        return 2
    for count in (2, 3):
        try:
            signature.bind(*range(count))
        except TypeError:
            continue
        return count
    raise ConfigError(
        f"scorer {path!r} takes {signature}",
        remedy="write function(answer, target) or function(answer, target, inputs)",
    )
