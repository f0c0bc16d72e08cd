"""Examples from the user's own files and functions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fitness.suites.columns import (
    MOST_CHARACTERS,
    Columns,
    Loaded,
    Row,
    check_columns,
    to_examples,
    too_long,
)
from fitness.suites.example import Example
from genomes.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20


def load_csv(
    path: str | Path, columns: Columns, *, domain: str, delimiter: str | None = None
) -> Loaded:
    """Reads a CSV file with a header.

    Args:
        path: The file, in UTF-8.
        columns: Which column is what.
        domain: The domain of all examples, unless ``columns`` names a column for it.
        delimiter: Default detected among comma, semicolon, tab and bar.

    Raises:
        DataError: The file is missing, no text, lacks a column, or has rows that do not fit.
    """
    path = Path(path)
    text = _read(path)
    with _long_cells():
        rows = list(_csv_rows(text, delimiter or detect_delimiter(text), path.name))
    header = _header(rows[0][1] if rows else [], path.name)
    check_columns(columns, header, source=path.name)
    body = (_csv_row(line, cells, header, path.name) for line, cells in rows[1:])
    return to_examples(body, columns, source=path.name, domain=domain)


def load_jsonl(path: str | Path, columns: Columns, *, domain: str) -> Loaded:
    """Reads a file with one JSON object a line; values that are no text become JSON text.

    A key may be absent where its value is missing, as long as some line has it.

    Raises:
        DataError: The file is missing, a line is no JSON object, or a key is in no line.
    """
    path = Path(path)
    # Not splitlines(): JSON texts may hold other line separators unescaped.
    lines = _read(path).removesuffix("\n").split("\n")
    rows = [(line, _json_row(line, text, path.name)) for line, text in enumerate(lines, start=1)]
    keys = dict.fromkeys(key for _, row in rows for key in row)
    check_columns(columns, keys, source=path.name)
    return to_examples(rows, columns, source=path.name, domain=domain)


def load_callable(path: str, columns: Columns | None = None, *, domain: str = "") -> Loaded:
    """Calls ``module:function`` without arguments for examples.

    Args:
        path: The function; gives an iterable of ``Example``, or of mappings if ``columns`` are
            given.
        columns: Which key of a mapping is what.
        domain: The domain of examples made from mappings.

    Raises:
        ConfigError: The function does not exist.
        DataError: It gives something else.
    """
    from fitness.scorers import load_function  # the scorers import this package

    given = load_function(path)()
    if not isinstance(given, Iterable):
        raise DataError(f"{path} gave a {type(given).__name__}, not examples", where=path)
    items = list(given)
    if columns is None:
        return Loaded(path, tuple(_as_example(item, path) for item in items))
    rows = [_as_row(number, item, path) for number, item in enumerate(items, start=1)]
    check_columns(columns, dict.fromkeys(key for _, row in rows for key in row), source=path)
    return to_examples(rows, columns, source=path, domain=domain)


def detect_delimiter(text: str) -> str:
    """The delimiter among comma, semicolon, tab and bar that cuts the first rows best.

    It has to cut the header; among those that do, one that gives all sampled rows as many cells
    as the header wins, then the one that gives most cells.
    """

    def fit(delimiter: str) -> tuple[bool, bool, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if row]
        except csv.Error:  # whoever reads the rows says what is wrong with them
            widths = []
        header = widths[0] if widths else 0
        return header > 1, len(set(widths)) == 1, header

    return max(_DELIMITERS, key=fit)


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"no file {path}", where="data.file", remedy="mend the path") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", where=str(path)) from error
    try:
        # As text files are read everywhere: every line end becomes a newline.
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path.name} is not UTF-8 text (byte {error.start})",
            where=f"{path.name}:{line}",
            remedy="save it as UTF-8",
        ) from error
    if not text.strip():
        raise DataError(f"{path.name} is empty", where=str(path), remedy="give it some rows")
    return text


@contextmanager
def _long_cells() -> Iterator[None]:
    # The module's limit of 131,072 characters is less than a long document; it is global, so
    # it is put back.
    before = csv.field_size_limit(MOST_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _csv_rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise too_long(name, start, "a cell", MOST_CHARACTERS) from error
        raise DataError(
            f"{name} is no well-formed CSV: {error}",
            where=f"{name}:{start}",
            remedy="look for a quotation mark that is not closed",
        ) from error


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = next((cell for cell in header if header.count(cell) > 1), None)
    if twice is not None:
        raise DataError(f"{name} has two columns {twice!r}", where=f"{name}:1")
    return header


def _csv_row(line: int, cells: list[str], header: list[str], name: str) -> Row:
    if cells and len(cells) != len(header):
        raise DataError(
            f"the row has {len(cells)} cells, the header has {len(header)}",
            where=f"{name}:{line}",
            remedy="put quotation marks around texts that hold the delimiter",
        )
    return line, dict(zip(header, cells, strict=False))


def _json_row(line: int, text: str, name: str) -> Mapping[str, object]:
    if not text.strip():
        return {}
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"not JSON: {_what(error)}",
            where=f"{name}:{line}",
            remedy="write one JSON object a line; nothing was read from the file",
        ) from error
    if not isinstance(row, dict):
        raise DataError(
            f"expected a JSON object, found a {type(row).__name__}",
            where=f"{name}:{line}",
            remedy="write one JSON object a line; nothing was read from the file",
        )
    return row


def _what(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _as_example(item: object, path: str) -> Example:
    if not isinstance(item, Example):
        raise DataError(
            f"{path} gave a {type(item).__name__}, not an Example",
            where=path,
            remedy="give fitness.suites.Example objects, or say which key is what",
        )
    return item


def _as_row(number: int, item: object, path: str) -> Row:
    if not isinstance(item, Mapping):
        raise DataError(f"{path} gave a {type(item).__name__}, not a mapping", where=path)
    return number, item
