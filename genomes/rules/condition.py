"""When a rule holds: comparisons of arguments, state, observation and error, and past calls."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from genomes.rules.selector import Selector, quoted

Source = Literal["x", "y", "state", "observation", "error", "request", "steps"]
Op = Literal["=", "!=", "contains", "<", "<=", ">", ">=", "exists", "missing"]

OPS: tuple[Op, ...] = ("=", "!=", "contains", "<", "<=", ">", ">=")
UNARY: tuple[Op, ...] = ("exists", "missing")
WHOLE = "*"
"""The path that stands for every argument of a call."""

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_MAY_HAVE_PATH = ("x", "y", "state", "observation")


@dataclass(frozen=True)
class Ref:
    """A place where a value is found.

    Attributes:
        source: ``x`` or ``y`` (an argument of the first or second call of the rule), ``state``
            (what the world says of itself), ``observation`` (of the last call), ``error`` (of
            the last call), ``request`` (the user's words) or ``steps`` (calls made so far).
        path: Name of the argument, or dotted path into the state or observation; ``*`` for any
            argument of the call; empty for the whole.
    """

    source: Source
    path: str = ""

    def __post_init__(self) -> None:
        needs = self.source in ("x", "y", "state")
        if needs and not self.path:
            raise ValueError(f"{self.source} needs a name, such as {self.source}.folder")
        if self.path and self.source not in _MAY_HAVE_PATH:
            raise ValueError(f"{self.source} has no parts")
        if self.path == WHOLE and self.source not in ("x", "y"):
            raise ValueError(f"{self.source}.* has no meaning; only x.* and y.*")

    @property
    def is_role(self) -> bool:
        """Whether it is an argument of a call."""
        return self.source in ("x", "y")

    def __str__(self) -> str:
        if not self.path:
            return self.source
        plain = self.path == WHOLE or _PATH.fullmatch(self.path)
        path = self.path if plain else quoted(self.path)
        return f"{self.source}.{path}"


@dataclass(frozen=True)
class Const:
    """A fixed value, held as canonical JSON so that ``1``, ``1.0`` and ``true`` stay apart."""

    json: str

    @classmethod
    def of(cls, value: Any) -> Const:
        """The constant of a JSON value.

        Raises:
            ValueError: It has no JSON form.
        """
        try:
            return cls(quoted(value))
        except TypeError as error:
            raise ValueError(f"{value!r} has no JSON form") from error

    @property
    def value(self) -> Any:
        """The value, made anew at each call."""
        return json.loads(self.json)

    def __str__(self) -> str:
        return self.json


@dataclass(frozen=True)
class Compare:
    """One comparison.

    Two values are equal only if neither is missing and both or none are true/false.
    ``contains`` asks a list for a member and a text for a part. ``x.*`` stands for some argument
    that is a text or a number.

    Attributes:
        left: Where the value is found.
        op: How it is compared; ``exists`` (not missing, empty or false) and ``missing`` take no
            right side.
        right: With what: another place, or a constant.
    """

    left: Ref
    op: Op
    right: Ref | Const | None = None

    def __post_init__(self) -> None:
        if (self.op in UNARY) != (self.right is None):
            raise ValueError(f"{self.op} and its right side do not fit")

    @property
    def refs(self) -> tuple[Ref, ...]:
        """All places that it reads."""
        return (self.left, self.right) if isinstance(self.right, Ref) else (self.left,)

    @property
    def joins(self) -> bool:
        """Whether it compares arguments of two calls with each other."""
        return {ref.source for ref in self.refs} == {"x", "y"}

    def __str__(self) -> str:
        if self.op in UNARY:
            return f"{'no ' if self.op == 'missing' else ''}{self.left}"
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True)
class Called:
    """Whether a call has been made before.

    Attributes:
        what: Which calls.
        negated: Whether it must not have been made.
    """

    what: Selector
    negated: bool = False

    def __str__(self) -> str:
        return f"{'not ' if self.negated else ''}called {self.what}"


Condition = Compare | Called
