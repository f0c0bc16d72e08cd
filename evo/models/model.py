"""What every language model here is: one method, one request record, one completion record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from genomes.errors import ModelError

Price = tuple[float, float]
"""USD per prompt token, USD per completion token."""


@dataclass(frozen=True)
class Request:
    """One question to a model.

    Attributes:
        messages: Chat messages with ``role`` and ``content``, in order.
        max_tokens: Longest reply in tokens.
        temperature: 0 for greedy.
        top_logprobs: First-token alternatives asked for; 0 for none. A model may give fewer.
        seed: For sampling above temperature 0; ``None`` leaves it to the model.
        schema: JSON schema of an object that the reply should be. A help, no promise: a model may
            enforce all of it, some or nothing, so read the reply as if it were not there.
    """

    messages: Sequence[Mapping[str, str]]
    max_tokens: int = 256
    temperature: float = 0.0
    top_logprobs: int = 0
    seed: int | None = None
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Completion:
    """What a model gave for one request.

    Attributes:
        text: The reply.
        logprobs: (token, log-probability in nats) of the first token's alternatives, best
            first; ``None`` where not asked for or not given.
        prompt_tokens: Tokens read, cached ones included; ``None`` if unknown.
        completion_tokens: Tokens written; ``None`` if unknown.
        money: USD; ``None`` if the price is unknown, 0 only where nobody sends a bill.
        seconds: Wall time of the call, without waiting for other callers.
    """

    text: str
    logprobs: tuple[tuple[str, float], ...] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    money: float | None = None
    seconds: float = 0.0


class Model(Protocol):
    """A language model.

    Contract: thread-safe; one call of ``complete`` is at most one request to the model, so no
    retries inside and no cache of answers; ``fingerprint`` changes whenever answers could;
    raises ``TransientModelError`` for failures worth another try, ``PromptLengthError`` where the
    prompt does not fit, ``NoAnswerError`` where this one answer is withheld, ``ModelError`` for the
    rest.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def price(self) -> Price | None: ...

    def complete(self, request: Request) -> Completion: ...


class PromptLengthError(ModelError):
    """The prompt does not fit into the model's context: a limit of the prompt, not a failure."""


class NoAnswerError(ModelError):
    """The provider withheld the answer to this one request (a content filter): asking again gives
    the same, others may be answered, so the answer is missing."""


def cost(price: Price | None, prompt: int | None, completion: int | None) -> float | None:
    """USD of one call; ``None`` if the price or a count is unknown."""
    if price is None or prompt is None or completion is None:
        return None
    return price[0] * prompt + price[1] * completion
