"""Ctrl-C: once finishes the calls in flight, twice stops at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from evo.cli.output import note

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stops_gently() -> Iterator[Callable[[], bool]]:
    """Turns the first signal to end into a wish that a run asks for between calls.

    Yields:
        Whether the wish was uttered. A second signal raises ``KeyboardInterrupt``.
    """
    wished: list[int] = []

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the protocol's)
        if wished:
            raise KeyboardInterrupt
        wished.append(number)
        note("stopping after the calls in flight; once more stops at once")

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
