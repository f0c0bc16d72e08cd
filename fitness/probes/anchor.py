"""Outputs whose verdict the user knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from genomes.errors import DataError


class Anchor(BaseModel):
    """An output with a known verdict; a scorer that disagrees is not fit to steer a search.

    Attributes:
        output: What an agent might answer.
        verdict: Whether it is right.
        example: Id of the example that it answers; without one, and without a target, it answers
            every example.
        target: The right answer, for an output that belongs to no example of the suites.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: str
    verdict: Literal["pass", "fail"]
    example: str | None = None
    target: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Anchor:
        if self.example is not None and self.target is not None:
            raise ValueError("give either example or target")
        return self


def load_anchors(path: Path) -> tuple[Anchor, ...]:
    """Reads anchors: a YAML list, or JSONL with one anchor a line.

    Raises:
        DataError: The file cannot be read, or an anchor is malformed; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the anchors: {error}", where=str(path)) from error
    rows = _lines(text, path) if path.suffix in (".jsonl", ".ndjson") else _items(text, path)
    return _once(_anchor(row, where) for row, where in rows)


def parse_anchors(rows: Sequence[Any], where: str = "anchors") -> tuple[Anchor, ...]:
    """Anchors from decoded mappings.

    Raises:
        DataError: One is malformed; its place is named.
    """
    return _once(_anchor(row, f"{where}.{number}") for number, row in enumerate(rows))


def _once(anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """The same anchor written twice is one piece of evidence."""
    return tuple(dict.fromkeys(anchors))


def _lines(text: str, path: Path) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield json.loads(line), f"{path.name}:{number}"
            except ValueError as error:
                raise DataError(f"not JSON: {error}", where=f"{path.name}:{number}") from error


def _items(text: str, path: Path) -> Iterator[tuple[Any, str]]:
    try:
        content = yaml.safe_load(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise DataError(f"not valid YAML: {error}", where=path.name) from error
    if not isinstance(content, list) or not isinstance(node, yaml.SequenceNode):
        raise DataError("the anchors are no list", where=path.name)
    for item, place in zip(content, node.value, strict=True):
        yield item, f"{path.name}:{place.start_mark.line + 1}"


def _anchor(row: Any, where: str) -> Anchor:
    try:
        return Anchor.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise DataError(
            f"no anchor: {key + ': ' if key else ''}{first['msg']}",
            where=where,
            remedy="write output: TEXT, verdict: pass or fail, and example: ID or target: TEXT",
        ) from error
