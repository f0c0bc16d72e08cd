"""Progress of a download, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from evo.cli.output import console, is_plain, note
from evo.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from evo.config import ModelConfig

Progress = Callable[[int, int], None]

_STEP = 10  # per cent between two plain lines
_MB = 1_000_000


@contextmanager
def download_view(what: str) -> Iterator[Progress]:
    """A callback for (bytes done, bytes in all): a bar on a terminal, else a line each 10 %.

    Nothing is shown before the first byte: what is already here needs no download.
    """
    if is_plain(sys.stderr) or is_quiet():
        yield _lines(what)
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=console(stderr=True)) as bar:
        task = bar.add_task(what, total=None, visible=False)
        yield lambda done, total: bar.update(
            task, completed=done, total=total or None, visible=True
        )


def _lines(what: str) -> Progress:
    shown = -_STEP

    def tell(done: int, total: int) -> None:
        nonlocal shown
        part = 100 * done // total if total else 0
        if part >= shown + _STEP:
            shown = part - part % _STEP
            note(f"{what}: {done / _MB:.0f} of {total / _MB:.0f} MB")

    return tell


def watched_downloads() -> AbstractContextManager[None]:
    """Shows the data that a task fetches while it is built."""
    from fitness.suites.download import watched

    return watched(download_view)


def fetch_model(config: ModelConfig) -> None:
    """Fetches a catalogue model that a config names and that is not here yet.

    Raises:
        ModelError: There is no such model, or it cannot be fetched.
    """
    if config.kind != "local" or config.path is not None or config.name is None:
        return
    from evo.models.catalogue import model_path, pull

    if not model_path(config.name).is_file():
        with download_view(config.name) as progress:
            pull(config.name, progress=progress)
