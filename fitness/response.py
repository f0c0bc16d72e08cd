"""What the agent gave for one example. It costs money, is stored once and never recomputed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from genomes.hashing import content_hash

Status = Literal["ok", "limit", "infra_error"]


@dataclass(frozen=True)
class ResponseKey:
    """What identifies a response.

    Attributes:
        call_hash: Hash of everything that reaches the model.
        inputs_hash: Hash of the example's inputs.
        fingerprint: Agent, model file and settings.
        replicate: 0 for the first measurement, 1, 2, ... for repeats.
    """

    call_hash: str
    inputs_hash: str
    fingerprint: str
    replicate: int = 0

    @cached_property
    def hash(self) -> str:
        """The store's primary key."""
        parts = [self.call_hash, self.inputs_hash, self.fingerprint, self.replicate]
        return content_hash(parts)


@dataclass(frozen=True)
class Response:
    """One answer of an agent.

    Attributes:
        text: The reply.
        logprobs: (token, log-probability in nats) of the first token's alternatives, best
            first; ``None`` where not asked for or not given.
        prompt_tokens: Tokens read, cached ones included; ``None`` if unknown.
        completion_tokens: Tokens written; ``None`` if unknown.
        money: USD; ``None`` if the price is unknown, never 0 in its place.
        seconds: Wall time of the call.
        status: ``ok``; ``limit`` if the agent exceeded its own limits (a wrong answer);
            ``infra_error`` if the infrastructure failed (missing data, never a score of 0).
        error: What failed, for ``limit`` and ``infra_error``.
        steps: Model turns and tool calls that the agent took; ``None`` if unknown.
        trace: What the agent did, a line each (``call: ...``, ``error: ...``); empty if it does
            not tell.
    """

    text: str
    logprobs: tuple[tuple[str, float], ...] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    money: float | None = None
    seconds: float = 0.0
    status: Status = "ok"
    error: str | None = None
    steps: int | None = None
    trace: tuple[str, ...] = ()
