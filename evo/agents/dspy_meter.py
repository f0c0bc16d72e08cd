"""Lets DSPy ask a ``Model``, and counts what that costs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from evo.models.model import Completion, Model, Request
from fitness.response import Response
from genomes.errors import EvogateError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

_Number = TypeVar("_Number", int, float)


class StepLimitError(Exception):
    """The run has used up its model calls."""


class Meter:
    """An engine of ``dspy.LM`` for one run of a program. Thread-safe.

    After the first failure every further call fails with it, so that a program which catches
    errors spends nothing more.

    Args:
        model: Asked.
        max_steps: Most calls.
        temperature: Where the program does not say.

    Attributes:
        failure: The first failure of a call.
    """

    def __init__(self, model: Model, max_steps: int, temperature: float) -> None:
        self.failure: Exception | None = None
        self._model = model
        self._max_steps = max_steps
        self._temperature = temperature
        self._steps = 0
        self._completions: list[Completion] = []
        self._lock = threading.Lock()

    def complete(self, request: Any) -> Any:
        """One call: from ``dspy.lm15.Request`` to ``dspy.lm15.Response``.

        Raises:
            StepLimitError: The run has used up its calls.
            ModelError: The model failed, or was asked for more than text.
        """
        from dspy import lm15

        completion = self._ask(request)
        return lm15.Response(
            id=None,
            model="evogate/task",
            message=lm15.Message.assistant(completion.text or " "),
            finish_reason="stop",
            usage=lm15.Usage(completion.prompt_tokens, completion.completion_tokens),
        )

    def response(self, text: str, seconds: float, problem: str | None) -> Response:
        """The response of the whole run.

        Args:
            text: The answer.
            seconds: Wall time.
            problem: What the agent itself did wrong, if anything.
        """
        return Response(
            text=text,
            prompt_tokens=_total(one.prompt_tokens for one in self._completions),
            completion_tokens=_total(one.completion_tokens for one in self._completions),
            money=_total(one.money for one in self._completions),
            seconds=seconds,
            status="ok" if problem is None else "limit",
            error=problem,
            steps=len(self._completions),
        )

    def _ask(self, request: Any) -> Completion:
        with self._lock:
            if self.failure is None and self._steps >= self._max_steps:
                self.failure = StepLimitError("too many steps")
            if self.failure is not None:
                raise self.failure
            self._steps += 1
        try:
            completion = self._model.complete(self._translate(request))
        except EvogateError as error:
            with self._lock:
                self.failure = self.failure or error
            raise
        with self._lock:
            self._completions.append(completion)
        return completion

    def _translate(self, request: Any) -> Request:
        messages = [{"role": one.role, "content": _text(one)} for one in request.messages]
        system = request.system
        if system is not None:
            words = system if isinstance(system, str) else "\n".join(p.text for p in system)
            messages.insert(0, {"role": "system", "content": words})
        settings = request.config
        temperature = settings.temperature
        return Request(
            messages=tuple(messages),
            max_tokens=settings.max_tokens or 512,
            temperature=self._temperature if temperature is None else temperature,
            seed=settings.seed,
        )


def _text(message: Any) -> str:
    if message.text is None or message.role not in ("user", "assistant"):
        raise ModelError(
            "the DSPy program sent more than text to the model",
            remedy="use an adapter without native function calling, files or images",
        )
    return str(message.text)


def _total(values: Iterable[_Number | None]) -> _Number | None:
    """The sum; ``None`` if a part is unknown."""
    known = list(values)
    parts = [value for value in known if value is not None]
    return sum(parts[1:], parts[0]) if parts and len(parts) == len(known) else None
