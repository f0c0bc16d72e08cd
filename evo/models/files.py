"""Model files on disk: their format, their hash, and one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from fitness.suites.cache import sha256_of


def is_gguf(path: Path) -> bool:
    """Whether the file starts with the four letters of the format."""
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other process is in here for ``folder``; the lock ends with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits.

    A note ``NAME.sha256.json`` beside the file remembers the hash with the file's size and time
    of change, so that a gigabyte is not read anew at each start.
    """
    stat = path.stat()
    state = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    known = _read_note(note_of(path))
    if known.items() >= state.items() and isinstance(known.get("sha256"), str):
        return str(known["sha256"])
    digest = sha256_of(path)
    with contextlib.suppress(OSError):  # a read-only folder costs time at each start, no more
        _write(note_of(path), json.dumps({**state, "sha256": digest}))
    return digest


def note_of(path: Path) -> Path:
    """Where the hash of ``path`` is remembered."""
    return path.with_name(path.name + ".sha256.json")


def _read_note(note: Path) -> dict[str, object]:
    try:
        loaded = json.loads(note.read_text())
    except (OSError, ValueError):  # absent or damaged: hash anew
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)
