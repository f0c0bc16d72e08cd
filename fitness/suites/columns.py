"""From the rows of a table to examples: which column is what, and what is wrong with a row."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fitness.suites.example import Example
from genomes.errors import DataError
from genomes.hashing import content_hash

Row = tuple[int, Mapping[str, object]]
"""Line of the file, and column to value."""

MOST_CHARACTERS = 2_000_000
"""Of all inputs of an example together; more than any model reads."""


@dataclass(frozen=True)
class Columns:
    """Which column is what.

    Attributes:
        inputs: Input name to column.
        target: Column with the right answer.
        id: Column with a name unique in the file; default a hash of the inputs, so that rows
            which move within the file stay the same examples.
        cluster: Column whose equal values stay in one role; default each row for itself.
        domain: Column with the domain; default the domain given to the loader.
        tags: Columns that become tags ``column=value``.
    """

    inputs: Mapping[str, str]
    target: str
    id: str | None = None
    cluster: str | None = None
    domain: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that must be there."""
        optional = (self.id, self.cluster, self.domain)
        return (*self.inputs.values(), self.target, *(c for c in optional if c), *self.tags)


@dataclass(frozen=True)
class Skipped:
    """A row that gave no example.

    Attributes:
        line: Its line in the source, from 1.
        reason: What is missing.
    """

    line: int
    reason: str


@dataclass(frozen=True)
class Loaded:
    """What a source gave.

    Attributes:
        source: Name of the file or function.
        examples: In the order of the source.
        skipped: Rows that gave none; to be reported, never to be hidden.
    """

    source: str
    examples: tuple[Example, ...]
    skipped: tuple[Skipped, ...] = ()


def to_examples(rows: Iterable[Row], columns: Columns, *, source: str, domain: str) -> Loaded:
    """Turns rows into examples; rows that lack the target or an input are skipped with a reason.

    Raises:
        DataError: Two rows have the same id or, without an id column, the same inputs; or no
            row is usable.
    """
    examples: list[Example] = []
    skipped: list[Skipped] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        lacking = _lacking(row, columns)
        if lacking:
            skipped.append(Skipped(line, lacking))
            continue
        _check_text(row, columns, source, line)
        example = _example(row, columns, source, domain)
        if example.id in lines:
            raise _twice(example.id, lines[example.id], line, columns, source)
        lines[example.id] = line
        examples.append(example)
    if not examples:
        raise DataError(
            f"{source} has no usable row" + (f" ({len(skipped)} skipped)" if skipped else ""),
            where=f"{source}:{skipped[0].line} {skipped[0].reason}" if skipped else source,
            remedy="give it rows with a value for every input and for the target",
        )
    return Loaded(source, tuple(examples), tuple(skipped))


def check_columns(columns: Columns, found: Iterable[str], *, source: str) -> None:
    """Makes sure that every needed column is there.

    Raises:
        DataError: One is not; lists those that are and names the nearest.
    """
    there = list(found)
    for name in columns.needed:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            raise DataError(
                f"{source} has no column {name!r}; it has: {', '.join(there) or 'none'}",
                where=source,
                remedy=f"did you mean {near[0]!r}?" if near else "name one of its columns",
            )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False)


def _check_text(row: Mapping[str, object], columns: Columns, source: str, line: int) -> None:
    """Refuses what no model and no store could take."""
    size = 0
    for column in columns.needed:
        text = _text(row.get(column))
        size += len(text)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"{column} holds half a character (a lone surrogate), which is no text",
                where=f"{source}:{line}",
                remedy="write the file anew with a program that keeps Unicode whole",
            ) from error
    if size > MOST_CHARACTERS:
        raise too_long(source, line, "the example", MOST_CHARACTERS, size)


def too_long(source: str, line: int, what: str, most: int, size: int | None = None) -> DataError:
    """The error for an example that no model could read."""
    return DataError(
        f"{what} has {'more' if size is None else f'{size:,} characters, more'} than the "
        f"{most:,} characters allowed",
        where=f"{source}:{line}",
        remedy="cut it into parts or leave it out; nothing was read from the file",
    )


def _lacking(row: Mapping[str, object], columns: Columns) -> str | None:
    if not any(_text(value) for value in row.values()):
        return "the row is empty"
    named = (*columns.inputs.values(), columns.target, columns.id, columns.cluster, columns.domain)
    empty = [name for name in named if name and not _text(row.get(name))]
    return f"no value for {', '.join(empty)}" if empty else None


def _example(row: Mapping[str, object], columns: Columns, source: str, domain: str) -> Example:
    inputs = {name: _text(row[column]) for name, column in columns.inputs.items()}
    stem = source.rsplit(".", 1)[0]
    example_id = _text(row[columns.id]) if columns.id else f"{stem}-{content_hash(inputs)[:12]}"
    return Example(
        id=example_id,
        inputs=inputs,
        target=_text(row[columns.target]),
        domain=_text(row[columns.domain]) if columns.domain else domain,
        # By content, not by line: rows that are added above must not move it to another role.
        cluster=_text(row[columns.cluster]) if columns.cluster else content_hash(inputs),
        tags=tuple(f"{name}={_text(row.get(name))}" for name in columns.tags),
    )


def _twice(name: str, first: int, second: int, columns: Columns, source: str) -> DataError:
    same = f"id {name!r}" if columns.id else "inputs"
    return DataError(
        f"lines {first} and {second} of {source} have the same {same}",
        where=f"{source}:{second}",
        remedy="keep one of them",
    )
