"""What this floor needs from the floor above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from fitness.response import Response, ResponseKey
from fitness.suites.example import Example
from genomes.rendered import Rendered


class Agent(Protocol):
    """What is being improved.

    Contract: thread-safe; ``fingerprint`` changes whenever answers could (model file, settings);
    raises ``TransientModelError`` for failures worth another try and ``ModelError`` for the rest.
    ``stateless`` declares that an answer depends on (rendered, example) alone: only then does an
    equal call hash prove equal behaviour. ``price`` is (USD per prompt token, USD per completion
    token), ``None`` if unknown.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def stateless(self) -> bool: ...

    @property
    def price(self) -> tuple[float, float] | None: ...

    def run(self, rendered: Rendered, example: Example) -> Response: ...


class ResponseStore(Protocol):
    """Where responses are kept; only the driver thread calls it."""

    def get_many(self, keys: Iterable[ResponseKey]) -> Mapping[str, Response]:
        """The stored responses, by ``ResponseKey.hash``; absent keys are left out."""
        ...

    def put(self, key: ResponseKey, response: Response, *, call_id: int | None) -> None:
        """Stores a response at once and settles the reservation ``call_id``."""
        ...
