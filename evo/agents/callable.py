"""The user's own agent as a Python function."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from evo.agents.reply import to_response
from fitness.response import Response
from fitness.suites.example import Example
from genomes.errors import EvogateError, ModelError, TransientModelError
from genomes.hashing import content_hash
from genomes.rendered import Rendered

Function = Callable[[list[dict[str, str]], Mapping[str, str]], object]
"""``function(messages, inputs)`` gives the reply's text, or a mapping of ``Response`` fields."""


class CallableAgent:
    """Runs a function on the rendered messages and the example's inputs.

    The function never sees the target. Implements ``fitness.protocols.Agent``; as thread-safe
    as the function.

    Args:
        function: ``function(messages, inputs)``; gives text, or a mapping with ``text`` and any
            other fields of ``Response``.
        fingerprint: Changes whenever the function's answers could; stored answers are found
            by it.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour; say so only if it is true.
        price: USD per (prompt, completion) token; ``None`` if unknown.

    Attributes:
        fingerprint: Hash of the fingerprint that the user gave.
        stateless: As declared.
        price: As given.
    """

    def __init__(
        self,
        function: Function,
        fingerprint: str,
        *,
        stateless: bool = False,
        price: tuple[float, float] | None = None,
    ) -> None:
        self._function = function
        self.fingerprint = content_hash({"agent": "callable", "function": fingerprint})
        self.stateless = stateless
        self.price = price

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Calls the function once.

        Raises:
            EvogateError: Whatever of this tree the function raises, as it is.
            TransientModelError: The function lost its connection or timed out.
            ModelError: The function raised something else, or gave no usable reply.
        """
        messages = rendered.messages(example.inputs)
        start = time.perf_counter()
        try:
            reply = self._function(messages, dict(example.inputs))
        except EvogateError:
            raise
        except (ConnectionError, TimeoutError) as error:
            raise TransientModelError(_what(error)) from error
        except Exception as error:  # a user's function may raise anything
            raise ModelError(_what(error), remedy="run the function by hand") from error
        return to_response(reply, time.perf_counter() - start, "the agent's function")


def _what(error: Exception) -> str:
    return f"the agent's function raised {type(error).__name__}: {error}"
