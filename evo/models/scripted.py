"""A model that says what a test tells it to. It never touches a network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from evo.models.model import Completion, Price, Request
from genomes.errors import ModelError

Reply = Completion | Exception
"""What the model does: answers, or raises."""


class ScriptedModel:
    """Answers by a function of the request, or by a list of replies one after the other.

    Thread-safe; counts its calls. A function should depend on its request alone, so that the
    answers do not depend on the order of the calls.

    Args:
        reply: A function, or the replies in order. An exception, given or listed, is raised.
        name: Becomes part of the fingerprint; give another to models that answer otherwise.
        price: USD per (prompt, completion) token.
        delay: Seconds that each call takes.
    """

    def __init__(
        self,
        reply: Callable[[Request], Reply] | Sequence[Reply],
        *,
        name: str = "scripted",
        price: Price | None = None,
        delay: float = 0.0,
    ) -> None:
        self._reply = reply
        self._name = name
        self._price = price
        self._delay = delay
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    @property
    def fingerprint(self) -> str:
        """``scripted:`` and the name."""
        return f"scripted:{self._name}"

    @property
    def price(self) -> Price | None:
        """The price it was given."""
        return self._price

    @property
    def calls(self) -> int:
        """How often it was asked, failures included."""
        return len(self._requests)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests so far, in order."""
        return tuple(self._requests)

    def complete(self, request: Request) -> Completion:
        """Gives the next reply.

        Raises:
            ModelError: The list of replies is used up; or what the script says.
        """
        with self._lock:
            number = len(self._requests)
            self._requests.append(request)
        if self._delay:
            time.sleep(self._delay)
        reply = self._reply(request) if callable(self._reply) else self._next(number)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _next(self, number: int) -> Reply:
        if callable(self._reply) or number >= len(self._reply):
            raise ModelError(f"the script has no reply to call {number + 1}")
        return self._reply[number]
