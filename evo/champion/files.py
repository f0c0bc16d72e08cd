"""Writes that are whole or absent, and the lock of the writers."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = ".tmp-"


def write_whole(path: Path, content: bytes) -> None:
    """Puts a file in place by rename: a reader sees the old content or the new, never a part.

    Both the content and the name survive a power cut once this returns.
    """
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append_whole(path: Path, content: bytes) -> None:
    """Appends and waits until the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Waits until new names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_temporaries(folder: Path) -> None:
    """Removes what killed writers left; call it under the writers' lock."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def writers_lock(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Keeps other writers (threads and processes) out of ``folder``; freed when a holder dies.

    Args:
        folder: The champion's folder.
        shared: Only keep writers out; works in a folder that cannot be written.
    """
    import fcntl  # not on Windows, where a host can still read champions

    path = folder / ".lock"
    if shared and not path.exists():
        yield  # nobody has ever written here
        return
    handle = os.open(path, os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
