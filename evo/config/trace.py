"""Where each value of a resolved config comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from evo.config.config import Config
from evo.config.explain import Source
from evo.config.load import config_file

Origin = Literal["default", "file", "env", "flag"]


@dataclass(frozen=True)
class Setting:
    """One value of the config.

    Attributes:
        key: Dotted key; lists are values.
        value: As JSON content, paths made absolute.
        origin: ``default``, ``file``, ``env`` or ``flag``.
        where: File and line, variable or flag; ``None`` for a default.
    """

    key: str
    value: Any
    origin: Origin
    where: str | None = None


@dataclass(frozen=True)
class Override:
    """A value that was not in the file.

    Attributes:
        key: Dotted key.
        value: As it was read.
        origin: ``env`` or ``flag``.
        where: The variable or the flag.
    """

    key: str
    value: Any
    origin: Origin
    where: str

    @classmethod
    def of(cls, item: str, origin: Origin, where: str) -> Override:
        """From ``dotted.key=value``, which ``load_config`` has accepted."""
        key, _, text = item.partition("=")
        return cls(key.strip(), yaml.safe_load(text), origin, where)


def settings(config: Config, path: Path, overrides: Sequence[Override] = ()) -> list[Setting]:
    """Every value of a config that was read from a file, in the order of the blocks.

    Args:
        config: The resolved config.
        path: The file, or the folder that holds ``evo.yaml``.
        overrides: What was applied to it, in this order; the last one wins.
    """
    file = config_file(path)
    text = file.read_text(encoding="utf-8")
    source = Source(file.name, text)
    content = yaml.safe_load(text)
    return [
        _setting(key, value, content, source, overrides)
        for key, value in _leaves(config.model_dump(mode="json"))
    ]


def _leaves(content: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*before, key))
        else:
            yield ".".join((*before, key)), value


def _setting(
    key: str, value: Any, content: Any, source: Source, overrides: Sequence[Override]
) -> Setting:
    for one in reversed(overrides):
        if one.key == key or one.key.startswith(f"{key}."):
            return Setting(key, value, one.origin, one.where)
        if key.startswith(f"{one.key}."):
            # The whole block was replaced: what it does not say is a default again.
            inside = key.removeprefix(f"{one.key}.").split(".")
            said = _holds(one.value, inside)
            return Setting(
                key, value, one.origin if said else "default", one.where if said else None
            )
    steps = key.split(".")
    if not _holds(content, steps):
        return Setting(key, value, "default")
    line = source.line(tuple(steps))
    return Setting(key, value, "file", f"{source.name}:{line}" if line else source.name)


def _holds(content: Any, steps: Sequence[str]) -> bool:
    for step in steps:
        if not isinstance(content, Mapping):
            # A short form, e.g. a plain value where a block is meant, stands for all of it.
            return content is not None
        if step not in content:
            return False
        content = content[step]
    return True
