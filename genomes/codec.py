"""Genomes as text: canonical JSON for machines, YAML for people. Both come back exactly.

``from_json(to_json(g)) == g`` and ``from_yaml(to_yaml(g)) == g``, ids included. A file of a newer
schema is refused rather than read half.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from genomes.errors import GenomeError
from genomes.genome import SCHEMA_VERSION, Genome
from genomes.hashing import canonical_json

_KINDS = frozenset({"fragment", "reasoning", "decision", "demo", "policy"})


def to_json(genome: Genome) -> str:
    """The canonical JSON of a genome: the bytes that its id is the hash of."""
    return canonical_json(genome)


def from_json(text: str, *, where: str | None = None) -> Genome:
    """Reads what ``to_json`` wrote.

    Args:
        text: The JSON.
        where: Name of the file, for error messages.

    Raises:
        GenomeError: Not JSON, of another schema version, or no genome.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise GenomeError(
            f"not JSON: {error.msg}", where=_at(where, f"line {error.lineno}")
        ) from error
    return _genome(data, where)


def to_yaml(genome: Genome) -> str:
    """YAML for people: block scalars for texts of several lines, empty fields left out."""
    data = _readable(genome.model_dump(mode="json"))
    text = _dump(data, _ReadableDumper)
    # The emitter's readable styles lose some odd white space; quotes keep everything.
    return text if _parsed(text) == data else _dump(data, _QuotingDumper)


def from_yaml(text: str, *, where: str | None = None) -> Genome:
    """Reads what ``to_yaml`` or a person wrote.

    Args:
        text: The YAML.
        where: Name of the file, for error messages.

    Raises:
        GenomeError: Not YAML, of another schema version, or no genome.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else None
        what = getattr(error, "problem", None) or str(error)
        raise GenomeError(f"not YAML: {what}", where=_at(where, line)) from error
    return _genome(_compact(data), where)


def _genome(data: Any, where: str | None) -> Genome:
    if not isinstance(data, Mapping):
        raise GenomeError(
            f"a genome is a mapping, got {type(data).__name__}",
            where=where,
            remedy="it holds schema_version, domains and genes",
        )
    _check_version(data.get("schema_version", SCHEMA_VERSION), where)
    try:
        return Genome.model_validate(data)
    except ValidationError as error:
        raise _reworded(error, where) from error


def _check_version(version: Any, where: str | None) -> None:
    at = _at(where, "schema_version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise GenomeError(
            f"schema version {version!r} is not a version",
            where=at,
            remedy=f"this release writes version {SCHEMA_VERSION}",
        )
    if version > SCHEMA_VERSION:
        raise GenomeError(
            f"the genome has schema version {version}, this release reads up to {SCHEMA_VERSION}",
            where=at,
            remedy="upgrade evogate",
        )


def _reworded(error: ValidationError, where: str | None) -> GenomeError:
    # The first problem is enough: one clear line beats a list of consequences.
    first = error.errors(include_url=False)[0]
    # pydantic puts the chosen kind of a gene into the path; the file has no such key.
    path = ".".join(str(step) for step in first["loc"] if step not in _KINDS)
    message = str(first["msg"]).removeprefix("Value error, ")
    value = first["input"]
    shown = "" if isinstance(value, (dict, list, Genome)) else f", got {value!r}"
    remedy = None
    if first["type"] == "string_type" and isinstance(value, (bool, int, float)):
        remedy = "put the value in quotes"
    return GenomeError(f"{message}{shown}", where=_at(where, path or None), remedy=remedy)


def _at(where: str | None, inside: str | None) -> str | None:
    return ": ".join(part for part in (where, inside) if part) or None


def _readable(data: Any) -> Any:
    """Drops empty lists and nulls, and shows a demonstration's inputs as a mapping."""
    if isinstance(data, list):
        return [_readable(item) for item in data]
    if not isinstance(data, dict):
        return data
    kept = {key: _readable(value) for key, value in data.items() if value not in ([], None)}
    if "example_id" in kept and _unique(name for name, _ in data["inputs"]):
        kept["inputs"] = dict(data["inputs"])
    return kept


def _compact(data: Any) -> Any:
    """Undoes ``_readable``."""
    if isinstance(data, list):
        return [_compact(item) for item in data]
    if not isinstance(data, dict):
        return data
    kept = {key: _compact(value) for key, value in data.items()}
    if "example_id" in kept:
        inputs = kept.get("inputs", [])
        kept["inputs"] = list(inputs.items()) if isinstance(inputs, dict) else inputs
    return kept


def _unique(names: Iterable[str]) -> bool:
    seen = list(names)
    return len(seen) == len(set(seen))


class _ReadableDumper(yaml.SafeDumper):
    """Writes texts of several lines as block scalars."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


class _QuotingDumper(yaml.SafeDumper):
    """Writes all texts in double quotes, odd characters as escapes."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')


_ReadableDumper.add_representer(str, _ReadableDumper.represent_str)
_QuotingDumper.add_representer(str, _QuotingDumper.represent_str)


def _dump(data: Any, dumper: type[yaml.SafeDumper]) -> str:
    return yaml.dump(data, Dumper=dumper, sort_keys=False, allow_unicode=True, width=100)


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
