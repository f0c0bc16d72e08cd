"""All scorers by name: the built-in ones, those of other distributions, and functions.

A distribution adds scorers through the entry-point group ``evogate.scorers``: each entry point
is a ``Scorer``, a function of ``fitness.reading.Answer`` and ``fitness.suites.Example``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

from fitness.scorers.composite import KINDS, composite, parts_of
from fitness.scorers.functions import function_scorer
from fitness.scorers.json_schema import json_equal, json_schema
from fitness.scorers.matching import contains, exact, margin, normalised, regex
from fitness.scorers.numeric import numeric
from fitness.scorers.protocol import Scorer
from fitness.scorers.token_f1 import token_f1
from genomes.errors import ConfigError
from genomes.hashing import canonical_json

GROUP = "evogate.scorers"

_PLAIN: Mapping[str, Scorer] = {
    "exact": exact,
    "normalised": normalised,
    "contains": contains,
    "numeric": numeric(),
    "json": json_equal,
    "token_f1": token_f1,
    "margin": margin,
}
_MADE: Mapping[str, Callable[[str], Scorer]] = {
    "regex": regex,
    "numeric": numeric,
    "json_schema": json_schema,
}
_PASS_FAIL = frozenset({"exact", "normalised", "contains", "numeric", "json", "regex"}) | {
    "json_schema",
    "all",
}
_FORMS = "regex:PATTERN, numeric:TOLERANCE, json_schema:SCHEMA, mean:, all:, min:, module:function"


def scorer(name: str) -> Scorer:
    """The scorer of this name.

    ``exact``, ``normalised``, ``contains``, ``numeric``, ``json``, ``token_f1``, ``margin``;
    ``regex:PATTERN``, ``numeric:TOLERANCE``, ``json_schema:SCHEMA``; ``mean:``, ``all:`` and
    ``min:`` with their parts as JSON; a name announced by another distribution; or
    ``module:function`` with the signature ``(answer: str | None, target: str) -> float``.

    Raises:
        ConfigError: There is none, or its argument cannot be read.
    """
    if name in _PLAIN:
        return _PLAIN[name]
    head, colon, argument = name.partition(":")
    if is_judge(name):
        raise ConfigError(
            "a judge asks a model: it scores whole answers within a run, alone",
            where="scorer judge",
            remedy="give it no part in another scorer",
        )
    if colon and head in KINDS:
        return composite(head, argument, scorer)
    if colon and head in _MADE:
        return _MADE[head](argument)
    if colon:
        return function_scorer(name)
    if name in _announced():
        return _announced()[name]
    known = ", ".join([*_PLAIN, *_announced()])
    raise ConfigError(f"unknown scorer {name!r}", remedy=f"one of {known}, {_FORMS}")


def is_pass_fail(name: str) -> bool:
    """Whether a scorer gives nothing but 0 and 1, judged by its name and declaration."""
    head, colon, argument = name.partition(":")
    if name in _PASS_FAIL or is_judge(name):
        return not is_pairwise(name)
    if colon and head in _PASS_FAIL and (head in _MADE or head in KINDS):
        return True
    if colon:  # also a user's function whose module has the name of a scorer
        return head == "min" and all(map(is_pass_fail, parts_of(head, argument)))
    return bool(getattr(_announced().get(name), "pass_fail", False))


def is_judge(name: str) -> bool:
    """Whether a model gives the verdicts: ``judge`` or ``judge:`` and a hash of the rubric, with
    ``pairwise:`` before it for a comparison."""
    return name == "judge" or name.startswith("judge:")


def is_pairwise(name: str) -> bool:
    """Whether a judge compares answers with the target, which gives a tie half a point."""
    return name == "judge:pairwise" or name.startswith("judge:pairwise:")


def is_built_in(name: str) -> bool:
    """Whether a scorer is one of evogate's own, in all its parts: fast, and without effects."""
    head, colon, argument = name.partition(":")
    if head in KINDS:
        return bool(colon) and all(map(is_built_in, parts_of(head, argument)))
    return name in _PLAIN or head in _MADE


def scorer_name(given: str | Mapping[str, Any], folder: Path = Path()) -> str:
    """The full name of a scorer as a config may write it.

    ``{mean: {token_f1: 0.7, contains: 0.3}}`` becomes ``mean:{"contains":0.3,"token_f1":0.7}``.
    A schema's file is read here, so that what the scorer does is part of its name.

    Args:
        given: A name, or a mapping of one kind to its argument.
        folder: What the file of a schema is relative to.

    Raises:
        ConfigError: It is neither, or the file cannot be read.
    """
    if isinstance(given, str):
        head, _, argument = given.partition(":")
        return _with_schema(argument, folder) if head == "json_schema" else given
    if len(given) != 1:
        raise ConfigError(
            f"a scorer is one name, not {len(given)} keys", remedy="for several: mean, all or min"
        )
    head, argument = next(iter(given.items()))
    if head == "json_schema":
        return _with_schema(argument, folder)
    if head in KINDS and isinstance(argument, (list, Mapping)):
        return f"{head}:{canonical_json(_parts(argument, folder))}"
    return f"{head}:{argument}"


def _parts(given: Any, folder: Path) -> Any:
    if isinstance(given, Mapping):
        return {scorer_name(name, folder): weight for name, weight in given.items()}
    return [scorer_name(name, folder) for name in given]


def _with_schema(argument: Any, folder: Path) -> str:
    if isinstance(argument, Mapping):
        return f"json_schema:{canonical_json(argument)}"
    text = str(argument).strip()
    if text.startswith("{"):
        return f"json_schema:{text}"
    try:
        return f"json_schema:{(folder / text).read_text(encoding='utf-8').strip()}"
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the schema {text!r}: {error}") from error


@cache
def _announced() -> Mapping[str, Scorer]:
    found: dict[str, Scorer] = {}
    for point in entry_points(group=GROUP):
        if point.name in _PLAIN or point.name in _MADE or point.name in KINDS:
            raise _bad(point, f"the scorer name {point.name!r} is taken")
        found[point.name] = _load(point)
    return found


def _load(point: EntryPoint) -> Scorer:
    try:
        loaded = point.load()
    except Exception as error:
        raise _bad(point, f"the scorer {point.name!r} cannot be loaded: {error}") from error
    if not callable(loaded):
        raise _bad(point, f"the scorer {point.name!r} is not callable")
    return cast(Scorer, loaded)


def _bad(point: EntryPoint, what: str) -> ConfigError:
    return ConfigError(
        what,
        where=f"entry point {GROUP}: {point.name} = {point.value}",
        remedy="fix or uninstall the distribution that announces it",
    )
