"""Tools of the tests; imported by name in the processes that run them."""

from __future__ import annotations

import os
import time
from pathlib import Path

SEEN: list[str] = []
"""State outside the tools: nothing of it may reach the next example."""


class Desk:
    """A desk of which each example has its own."""

    def __init__(self) -> None:
        self.user: str | None = None
        self.notes: list[str] = []

    def login(self, user: str) -> str:
        """Logs a user in.

        Args:
            user: The name.
        """
        self.user = user
        return f"hello {user}"

    def write(self, text: str, times: int = 1) -> dict[str, object]:
        """Writes notes."""
        if self.user is None:
            raise ValueError("log in first")
        self.notes += [text] * times
        SEEN.append(text)
        return {"notes": self.notes, "seen": SEEN}

    def fail(self) -> str:
        """Fails."""
        raise RuntimeError("out of order")

    def long(self) -> str:
        """Gives 10 MB."""
        return "x" * 10_000_000

    def raw(self) -> bytes:
        """Gives bytes."""
        return b"\x00\x01"

    def leave(self) -> None:
        """Asks the interpreter to end."""
        raise SystemExit(3)

    def die(self) -> None:
        """Ends its process."""
        os._exit(3)

    def hang(self, file: str) -> None:
        """Never ends, and leaves its process number in a file."""
        Path(file).write_text(str(os.getpid()), encoding="utf-8")
        while True:
            time.sleep(60)

    def state(self) -> dict[str, object]:
        """What rules may ask."""
        return {"in": self.user is not None}


def for_inputs(inputs: dict[str, str]) -> list[object]:
    """Tools that depend on the inputs."""

    def secret() -> str:
        return inputs["request"]

    return [secret]


def plus(a: int, b: int = 1) -> int:
    """Adds."""
    return a + b


TOOLS = [plus, {"function": plus, "name": "sum", "description": "Adds too."}]


def broken() -> list[object]:
    raise OSError("no database")
