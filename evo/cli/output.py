"""Data on standard output, messages on standard error; colour and boxes only on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from evo.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from rich.console import Console

_PLAIN_WIDTH = 200
_IDS = ("id", "gap", "genome", "hash")


def is_plain(stream: TextIO) -> bool:
    """Whether ``stream`` gets plain lines: no terminal, ``NO_COLOR`` or ``CI``."""
    return not stream.isatty() or bool(os.environ.get("NO_COLOR") or os.environ.get("CI"))


def console(*, stderr: bool = False) -> Console:
    """A rich console for one of the two streams."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if is_plain(stream):
        # Lines of a pipe are not wrapped to a terminal that is not there.
        width = None if stream.isatty() else _PLAIN_WIDTH
        return Console(file=stream, no_color=True, width=width, highlight=False)
    return Console(file=stream, highlight=False)


def note(text: str) -> None:
    """One message line on standard error; with ``-q`` only if it tells an error."""
    if text.startswith("error") or not is_quiet():
        print(text, file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    """Text on standard output as it is."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def emit_json(value: Any, *, indent: int | None = 2) -> None:
    """JSON on standard output; ``indent=None`` gives one line."""
    emit(json.dumps(value, indent=indent, ensure_ascii=False, default=_plain))


def emit_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None
) -> None:
    """A table on standard output; aligned plain columns where there is no terminal."""
    from rich import box
    from rich.table import Table

    plain = is_plain(sys.stdout)
    table = Table(title=title, title_justify="left", box=None if plain else box.SIMPLE_HEAD)
    for column in columns:
        # Ids are copied from the terminal: a broken one cannot be.
        table.add_column(column, overflow="fold", no_wrap=column in _IDS)
    for row in rows:
        table.add_row(*("-" if cell is None else _cell(cell) for cell in row))
    console().print(table)


def emit_markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table on standard output; line breaks and bars inside cells are kept safe."""
    lines = [columns, ["---"] * len(columns), *([_markdown(cell) for cell in row] for row in rows)]
    emit("\n".join(f"| {' | '.join(line)} |" for line in lines))


def write_or_emit(text: str, path: Path | None) -> None:
    """Writes ``text`` to ``path``, or to standard output without one.

    Raises:
        ConfigError: The file cannot be written.
    """
    from genomes.errors import ConfigError

    if path is None:
        emit(text)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write: {error.strerror}", where=str(path)) from error
    note(f"wrote {path}")


def _cell(cell: object) -> str:
    from rich.markup import escape

    return escape(f"{cell:.3f}" if isinstance(cell, float) else str(cell))


def _markdown(cell: object) -> str:
    if cell is None:
        return ""
    text = f"{cell:.3f}" if isinstance(cell, float) else str(cell)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>")


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
