"""How fast an endpoint may be asked: calls at once, requests and tokens a minute, pauses."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_log = logging.getLogger(__name__)
_WINDOW = 60.0


@dataclass(frozen=True)
class Pace:
    """Upper bounds; ``None`` is unlimited.

    Attributes:
        concurrency: Requests in flight at once.
        requests: Requests in any 60 seconds.
        tokens: Prompt and completion tokens in any 60 seconds.
    """

    concurrency: int | None = None
    requests: int | None = None
    tokens: int | None = None

    def both(self, other: Pace) -> Pace:
        """The stricter of two, bound by bound."""
        return Pace(
            _least(self.concurrency, other.concurrency),
            _least(self.requests, other.requests),
            _least(self.tokens, other.tokens),
        )


@dataclass
class Turn:
    """One request that was let through.

    Attributes:
        time: When, in the clock's seconds.
        tokens: Expected; set it to what it came to.
    """

    time: float
    tokens: int


class Limiter:
    """Lets requests through at a pace, and holds all of them while the endpoint asks to wait.

    Thread-safe. Share one among all models of an endpoint.

    Args:
        pace: Upper bounds.
        clock: Seconds, monotonic.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        pace: Pace | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pace = pace or Pace()
        self._clock = clock
        self._sleep = sleep
        self._turns: deque[Turn] = deque()
        self._in_flight = 0
        self._closed_until = float("-inf")
        self._changed = threading.Condition()

    @property
    def pace(self) -> Pace:
        """The bounds in force."""
        return self._pace

    def tighten(self, pace: Pace) -> None:
        """Another model of the same endpoint has bounds too: the stricter ones hold for all."""
        with self._changed:
            self._pace = self._pace.both(pace)

    def pause(self, seconds: float) -> None:
        """Lets nothing through for so long."""
        with self._changed:
            self._closed_until = max(self._closed_until, self._clock() + seconds)

    @contextmanager
    def turn(self, tokens: int) -> Iterator[Turn]:
        """Waits until a request may go out; it is in flight until the context is left.

        Args:
            tokens: Expected of this request. One that alone exceeds the bound goes out when
                nothing else counts.
        """
        self._enter()
        try:
            yield self._admit(tokens)
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()

    def _enter(self) -> None:
        with self._changed:
            self._changed.wait_for(self._has_room)
            self._in_flight += 1

    def _has_room(self) -> bool:
        return self._pace.concurrency is None or self._in_flight < self._pace.concurrency

    def _admit(self, tokens: int) -> Turn:
        while True:
            with self._changed:
                now = self._clock()
                wait = self._wait(now, tokens)
                if wait <= 0:
                    turn = Turn(now, tokens)
                    self._turns.append(turn)
                    return turn
            _log.info("waiting %.1f s for the pace of the endpoint", wait)
            self._sleep(wait)

    def _wait(self, now: float, tokens: int) -> float:
        """Seconds until a request of so many tokens may go out; it may have to ask again then."""
        while self._turns and self._turns[0].time + _WINDOW <= now:
            self._turns.popleft()
        wait = self._closed_until - now
        if self._turns and self._is_full(tokens):
            wait = max(wait, self._turns[0].time + _WINDOW - now)
        return wait

    def _is_full(self, tokens: int) -> bool:
        pace = self._pace
        if pace.requests is not None and len(self._turns) >= pace.requests:
            return True
        return pace.tokens is not None and sum(t.tokens for t in self._turns) + tokens > pace.tokens


def _least(a: int | None, b: int | None) -> int | None:
    return min((bound for bound in (a, b) if bound is not None), default=None)
