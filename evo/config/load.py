"""From a file and overrides to a ``Config``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from evo.config.blocks import ModelConfig
from evo.config.config import Config
from evo.config.explain import Source, explain
from fitness.scorers import scorer_name
from genomes.errors import ConfigError
from genomes.hashing import content_hash


def load_config(path: str | Path, sets: Iterable[str] = ()) -> Config:
    """Reads ``evo.yaml``.

    Args:
        path: The file, or the folder that holds ``evo.yaml``.
        sets: Overrides ``dotted.key=value``; the value is read as YAML.

    Returns:
        The config with every path made absolute.

    Raises:
        ConfigError: The file is missing, is no YAML, or a key or value is wrong; the message
            names the line and the dotted key.
    """
    file = config_file(path)
    text = _text(file)
    content = _content(text, file)
    return resolve(content, folder=file.parent, sets=sets, source=Source(file.name, text))


def config_file(path: str | Path) -> Path:
    """The file meant by ``path``, absolute: itself, or ``evo.yaml`` in that folder."""
    file = Path(path).absolute()
    return file / "evo.yaml" if file.is_dir() else file


def resolve(
    content: Mapping[str, Any],
    *,
    folder: str | Path = ".",
    sets: Iterable[str] = (),
    source: Source | None = None,
) -> Config:
    """A ``Config`` from decoded content.

    Args:
        content: As in ``evo.yaml``.
        folder: What relative paths are relative to; the default workspace.
        sets: Overrides ``dotted.key=value``.
        source: Where the content was read, for messages.

    Raises:
        ConfigError: A key or value is wrong.
    """
    merged = dict(content)
    overrides = frozenset([_override(merged, item) for item in sets])
    try:
        config = Config.model_validate(merged)
    except ValidationError as error:
        origin = replace(source or Source(), overrides=overrides)
        raise explain(error, Config, origin) from error
    return _absolute(config, Path(folder).absolute())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no {file.name}",
            where=str(file.absolute().parent),
            remedy="make one with: evogate init, or name another with -c FILE",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the config: {error}", where=str(file)) from error


def _content(text: str, file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"not valid YAML: {problem}", where=f"{file.name}{line}") from error
    if not isinstance(content, dict):
        raise ConfigError(
            "the config is not a mapping of keys to values",
            where=file.name,
            remedy="see an example with: evogate init",
        )
    return content


def _override(content: dict[str, Any], item: str) -> str:
    dotted, equals, value = item.partition("=")
    *parents, last = dotted.strip().split(".")
    if not equals or not all([*parents, last]):
        raise ConfigError(
            f"cannot read the override {item!r}",
            where="--set",
            remedy="write --set dotted.key=value",
        )
    block = content
    for parent in parents:
        inner = block.get(parent)
        # Copied on the way down: the caller's mapping must not change.
        block[parent] = dict(inner) if isinstance(inner, Mapping) else {}
        block = block[parent]
    try:
        block[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"cannot read the value of {item!r}", where="--set") from error
    return dotted.strip()


def _absolute(config: Config, folder: Path) -> Config:
    def at(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    def placed(model: ModelConfig | None) -> ModelConfig | None:
        return model and model.model_copy(update={"path": at(model.path)})

    data = config.data and config.data.model_copy(
        update={
            "file": at(config.data.file),
            "scorer": _judged(config) or _scorer(config.data.scorer, folder, "data.scorer"),
        }
    )
    objectives = tuple(
        one.model_copy(update={"scorer": _scorer(one.scorer, folder, f"objectives {one.name}")})
        for one in config.objectives
    )
    anchors = at(config.anchors) if isinstance(config.anchors, Path) else config.anchors
    models = {"task": placed(config.models.task), "proposer": placed(config.models.proposer)}
    return config.model_copy(
        update={
            "data": data,
            "objectives": objectives,
            "anchors": anchors,
            "judge": config.judge
            and config.judge.model_copy(update={"model": placed(config.judge.model)}),
            "agent": config.agent.model_copy(update={"cwd": at(config.agent.cwd)}),
            "genome": at(config.genome),
            "spec": at(config.spec),
            "models": config.models.model_copy(update=models),
            "workspace": at(config.workspace),
        }
    )


def _scorer(given: str | dict[str, Any] | None, folder: Path, where: str) -> str | None:
    if given is None:
        return None
    try:
        return scorer_name(given, folder)
    except ConfigError as error:
        raise ConfigError(error.what, where=where, remedy=error.remedy) from error


def _judged(config: Config) -> str | None:
    if config.judge is None or config.data is None:
        return None
    if str(config.data.scorer).startswith("judge:"):
        return str(config.data.scorer)
    # The rubric and the model are part of the scorer's name: with others, shards and runs differ.
    what = [config.judge.rubric, config.judge.model.model_dump(mode="json")]
    kind = "pairwise:" if config.judge.mode == "pairwise" else ""
    return f"judge:{kind}{content_hash(what)[:12]}"
