"""Records with a sentence each: a table where there is room, else the sentence below its row."""

from __future__ import annotations

from collections.abc import Sequence

ROOM = 120
"""Columns of a terminal from which on sentences stand in the table."""


def emit_records(
    columns: Sequence[str], rows: Sequence[Sequence[object]], below: Sequence[str]
) -> None:
    """Prints rows; on a narrow terminal the columns ``below`` come under their row.

    Args:
        columns: Names.
        rows: (n, columns) cells; ``None`` for nothing.
        below: Those that hold sentences.
    """
    from evo.cli.output import console, emit, emit_table

    width = console().width
    if width >= ROOM:
        emit_table(columns, rows)
    else:
        emit("\n".join(narrow_lines(columns, rows, below, width)))


def narrow_lines(
    columns: Sequence[str], rows: Sequence[Sequence[object]], below: Sequence[str], width: int
) -> list[str]:
    """The lines for a narrow terminal; only a single cell that is too long is broken."""
    above = [i for i, name in enumerate(columns) if name not in below]
    cells = [[_text(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in above]
    lines: list[str] = []
    for row in cells:
        fields = (row[i].ljust(size) for i, size in zip(above, widths, strict=True))
        lines += _wrapped("  ".join(fields).rstrip(), width, "")
        for name in below if row is not cells[0] else ():
            text = row[list(columns).index(name)]
            if text != "-":
                lines += _wrapped(f"{name}: {text}", width, "    ")
    return lines


def _text(cell: object) -> str:
    return "-" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    from textwrap import wrap

    if len(indent + text) <= width:
        return [indent + text]
    return wrap(text, width, initial_indent=indent, subsequent_indent=f"{indent}  ")
