"""Scorers made of scorers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

from fitness.reading import Answer
from fitness.scorers.protocol import Scorer, in_unit
from fitness.suites.example import Example
from genomes.errors import ConfigError

Find = Callable[[str], Scorer]
"""Gives the scorer of a name."""

KINDS = ("mean", "all", "min")


def composite(kind: str, argument: str, find: Find) -> Scorer:
    """A scorer over the values of others.

    ``mean:{"token_f1": 0.7, "contains": 0.3}`` is the weighted mean, ``mean:[...]`` the plain
    one; ``min:[...]`` the smallest; ``all:[...]`` is 1 if every part gives 1 and else 0.

    Args:
        kind: ``mean``, ``all`` or ``min``.
        argument: JSON: a list of names or, for ``mean``, names with weights.
        find: Gives the parts.

    Raises:
        ConfigError: The argument cannot be read, or a part does not exist.
    """
    weights = parts_of(kind, argument)
    scorers = [find(name) for name in weights]
    total = math.fsum(weights.values())

    def score(answer: Answer, example: Example) -> float:
        values = [in_unit(part(answer, example)) for part in scorers]
        if kind == "all":
            return float(all(value == 1.0 for value in values))
        if kind == "min":
            return min(values)
        pairs = zip(values, weights.values(), strict=True)
        return min(math.fsum(value * weight for value, weight in pairs) / total, 1.0)

    return score


def parts_of(kind: str, argument: str) -> dict[str, float]:
    """The parts of a composite with their weights.

    Raises:
        ConfigError: The argument cannot be read.
    """
    try:
        given = json.loads(argument)
    except ValueError:
        given = None
    if isinstance(given, list) and all(isinstance(name, str) for name in given):
        given = dict.fromkeys(given, 1.0)
    elif kind != "mean":
        given = None
    if not isinstance(given, Mapping) or not given or not all(map(_weight, given.values())):
        raise ConfigError(
            f"cannot read the parts of '{kind}:{argument:.60}'",
            remedy='write mean:{"token_f1": 0.7, "contains": 0.3}, all:["contains"] or min:[...]',
        )
    return {name: float(weight) for name, weight in given.items()}


def _weight(value: object) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 < float(value) < math.inf  # type: ignore[arg-type]
