"""A model file while it grows: what is there survives an interruption."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path


class Partial:
    """The bytes fetched so far, in order, and how many whole parts they are.

    All sources of a model give the same bytes, so one source can go on where another stopped.

    Args:
        path: The growing file; a note ``PATH.json`` beside it counts whole parts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(path.name + ".json")

    @property
    def size(self) -> int:
        """Bytes there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def whole_parts(self) -> int:
        """How many parts are there for certain; what is beyond them is cut off.

        A file that grew in another way than by parts has none and is emptied.
        """
        try:
            note = json.loads(self._note.read_text())
            parts, size = int(note["parts"]), int(note["bytes"])
        except (OSError, ValueError, KeyError, TypeError):  # no note, or a torn one
            parts, size = 0, 0
        if self.size < size:
            parts, size = 0, 0
        with self.path.open("ab") as file:
            file.truncate(size)
        return parts

    def append_part(self, number: int, chunks: Iterable[bytes]) -> None:
        """Appends a whole part and notes that ``number`` parts are there."""
        for _ in self._append(chunks):
            pass
        temporary = self._note.with_name(self._note.name + ".tmp")
        temporary.write_text(json.dumps({"parts": number, "bytes": self.size}))
        temporary.replace(self._note)

    def append_stream(self, chunks: Iterable[bytes], *, start: int) -> Iterator[int]:
        """Writes chunks from byte ``start`` on and yields the size after each."""
        self._note.unlink(missing_ok=True)
        with self.path.open("ab") as file:
            file.truncate(start)
        yield from self._append(chunks)

    def remove(self) -> None:
        """Deletes the file and its note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _append(self, chunks: Iterable[bytes]) -> Iterator[int]:
        with self.path.open("ab") as file:
            for chunk in chunks:
                file.write(chunk)
                yield file.tell()
