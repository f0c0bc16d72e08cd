"""Where downloads are kept, and what proves that they are whole."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

_BLOCK = 1 << 20


def cache_dir() -> Path:
    """The folder for downloads: ``EVOGATE_CACHE``, or the user's cache folder of the platform."""
    chosen = os.environ.get("EVOGATE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "evogate"
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "evogate"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
