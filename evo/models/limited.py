"""A model that is asked no faster than its endpoint allows."""

from __future__ import annotations

import logging

from evo.models.limiter import Limiter
from evo.models.model import Completion, Model, Price, Request
from genomes.errors import ModelError, TransientModelError

_log = logging.getLogger(__name__)
_LONGEST_PAUSE = 120.0
_BYTES_A_TOKEN = 4


class LimitedModel:
    """Waits for its turn before each request, and honours the wait that the endpoint asks for.

    Retry-After holds for all models that share the limiter. Answers are those of ``model``.

    Args:
        model: Any model.
        limiter: Shared with other models of the endpoint.
        longest_pause: Seconds; an endpoint that asks to wait longer is not waited for.
    """

    def __init__(
        self, model: Model, limiter: Limiter, *, longest_pause: float = _LONGEST_PAUSE
    ) -> None:
        self.model = model
        self.limiter = limiter
        self._longest_pause = longest_pause

    @property
    def fingerprint(self) -> str:
        """That of the model: its pace changes no answer."""
        return self.model.fingerprint

    @property
    def price(self) -> Price | None:
        """That of the model."""
        return self.model.price

    def complete(self, request: Request) -> Completion:
        """Asks once, when it may.

        Raises:
            TransientModelError: As the model does; the next request then waits as long as asked.
            ModelError: As the model does, or the endpoint asks to wait too long.
        """
        with self.limiter.turn(expected_tokens(request)) as turn:
            try:
                completion = self.model.complete(request)
            except TransientModelError as error:
                _log.info("%s failed: %s", error.where, error.what)
                self._hold(error)
                raise
            _log.debug("%s", _told(completion))
            if completion.prompt_tokens is not None and completion.completion_tokens is not None:
                turn.tokens = completion.prompt_tokens + completion.completion_tokens
        return completion

    def _hold(self, error: TransientModelError) -> None:
        if error.retry_after is None:
            return
        if error.retry_after > self._longest_pause:
            raise ModelError(
                f"the provider asks to wait {error.retry_after:.0f} seconds: {error.what}",
                where=error.where,
                remedy="run it again then; what was answered is stored and costs nothing again",
            ) from error
        _log.info("%s asks to wait %.0f s", error.where, error.retry_after)
        self.limiter.pause(error.retry_after)


def _told(completion: Completion) -> str:
    counts = (completion.prompt_tokens, completion.completion_tokens)
    read, written = ("unknown" if count is None else count for count in counts)
    return f"call: {read} tokens read, {written} written, {completion.seconds:.2f} s"


def expected_tokens(request: Request) -> int:
    """About how many tokens a request takes: four bytes each, and a whole reply."""
    prompt = sum(len(message["content"].encode()) for message in request.messages)
    return prompt // _BYTES_A_TOKEN + request.max_tokens
