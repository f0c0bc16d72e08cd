"""The plain agent: one chat request for one example."""

from __future__ import annotations

from evo.models.model import Completion, Model, NoAnswerError, PromptLengthError, Request
from fitness.response import Response
from fitness.suites.example import Example
from genomes.hashing import content_hash
from genomes.rendered import Rendered


class ChatAgent:
    """Sends the rendered chat turns to a model and gives back what it said.

    Implements ``fitness.protocols.Agent``; as thread-safe as its model.

    Args:
        model: Any ``Model``.
    """

    stateless = True

    def __init__(self, model: Model) -> None:
        self.model = model
        self.fingerprint = content_hash({"agent": "chat", "model": model.fingerprint})

    @property
    def price(self) -> tuple[float, float] | None:
        """The model's price."""
        return self.model.price

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Asks the model once.

        A prompt that does not fit into the context is the prompt's own fault: the response has
        status ``limit``, a wrong answer. An answer that a filter withheld is missing: the response
        has status ``infra_error``.

        Raises:
            TransientModelError: Worth another try.
            ModelError: The model cannot answer.
        """
        request = Request(
            messages=tuple(rendered.messages(example.inputs)),
            max_tokens=rendered.sampling.max_tokens,
            temperature=rendered.sampling.temperature,
            top_logprobs=rendered.sampling.top_logprobs,
        )
        try:
            completion = self.model.complete(request)
        except PromptLengthError as error:
            return Response(text="", status="limit", error=str(error))
        except NoAnswerError as error:
            return Response(text="", status="infra_error", error=str(error))
        return _response(completion)


def _response(completion: Completion) -> Response:
    return Response(
        text=completion.text,
        logprobs=completion.logprobs,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        money=completion.money,
        seconds=completion.seconds,
    )
