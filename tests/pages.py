"""Executes the examples of the documentation as they stand."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent.parent / "docs"
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the file that it is (``None`` for none) and its text."""

    language: str
    file: str | None
    text: str


def blocks(name: str) -> list[Block]:
    """The fenced blocks of ``docs/NAME``, in order."""
    text = (DOCS / name).read_text(encoding="utf-8")
    return [Block(language, file or None, body) for language, file, body in _FENCE.findall(text)]


def run_page(name: str, folder: Path, swap: Mapping[str, str] | None = None) -> str:
    """Writes the blocks that are files into ``folder``, then runs all ``sh`` blocks there as one
    script.

    Args:
        name: The page, relative to ``docs``.
        folder: An empty folder.
        swap: Text that stands for something else here, such as a port.

    Returns:
        What the script printed; it has to end with exit code 0.
    """
    found = blocks(name)
    script = "\n".join(block.text for block in found if block.language == "sh")
    for block in found:
        if block.file is not None:
            (folder / block.file).write_text(_swapped(block.text, swap), encoding="utf-8")
    return _shell(_swapped(script, swap), folder)


def _swapped(text: str, swap: Mapping[str, str] | None) -> str:
    for old, new in (swap or {}).items():
        text = text.replace(old, new)
    return text


def _shell(script: str, folder: Path) -> str:
    # The commands of this environment; a user has it activated.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-ec", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, out
    return out
