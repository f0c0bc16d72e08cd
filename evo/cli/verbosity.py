"""``-q`` and ``-v``: how much a command says on standard error, the same in every command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_STEPS = {"-q": -1, "--quiet": -1, "-v": 1, "--verbose": 1, "-vv": 2}
_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO, 2: logging.DEBUG}
_OURS = ("evo", "fitness", "genomes", "benchmarks")


def split(arguments: Sequence[str]) -> tuple[list[str], int]:
    """The arguments without the flags, and the level: -1 quiet, 0 normal, 1 and 2 verbose.

    The flags may stand anywhere; what follows ``--`` is left alone.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    steps = [_STEPS[word] for word in arguments[:end] if word in _STEPS]
    rest = [word for word in arguments[:end] if word not in _STEPS]
    return [*rest, *arguments[end:]], max(-1, min(2, sum(steps)))


@contextmanager
def speaking(level: int) -> Iterator[None]:
    """Our own loggers speak at ``level``; those of libraries, which may show headers, never do."""
    loggers = [logging.getLogger(name) for name in _OURS]
    before = [logger.level for logger in loggers]
    handler = _handler() if level > 0 else None
    for logger in loggers:
        logger.setLevel(_LEVELS[level])
        if handler is not None:
            logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, old in zip(loggers, before, strict=True):
            logger.setLevel(old)
            if handler is not None:
                logger.removeHandler(handler)


def is_quiet() -> bool:
    """Whether nothing but errors is shown."""
    return not logging.getLogger("evo").isEnabledFor(logging.WARNING)


class _Scrubbed(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        from evo.models.secrets import scrub

        return scrub(super().format(record))


def _handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Scrubbed("%(message)s"))
    return handler
