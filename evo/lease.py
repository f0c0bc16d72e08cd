"""Who carries out a run, and how another process asks it to stop."""

from __future__ import annotations

import os
from pathlib import Path

from genomes.errors import StoreError

_LOCK = "lock"
_STOP = "stop"


class Lease:
    """Held by the process that carries out a run; the system frees it when the process dies.

    Args:
        folder: ``runs/<run-id>``; made if it is missing.

    Raises:
        StoreError: Another process carries out the run.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._handle = _locked(folder / _LOCK)
        if self._handle is None:
            raise StoreError(
                f"run {folder.name} is being carried out by another process",
                where=str(folder / _LOCK),
                remedy=f"wait for it, or stop it with: evogate stop {folder.name}",
            )
        # A request that came after the last process had ended is answered.
        (folder / _STOP).unlink(missing_ok=True)

    @property
    def stop_asked(self) -> bool:
        """Whether another process asked the run to stop."""
        return (self._folder / _STOP).exists()

    def release(self) -> None:
        """Gives the run free."""
        if self._handle is not None:
            (self._folder / _STOP).unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def is_running(folder: Path) -> bool:
    """Whether a process carries out the run of this folder."""
    if not (folder / _LOCK).exists():
        return False
    handle = _locked(folder / _LOCK)
    if handle is None:
        return True
    os.close(handle)
    return False


def ask_to_stop(folder: Path) -> None:
    """Asks the process that carries out the run to stop between two calls."""
    (folder / _STOP).touch()


def _locked(path: Path) -> int | None:
    import fcntl  # not on Windows, where finished runs can still be read

    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
