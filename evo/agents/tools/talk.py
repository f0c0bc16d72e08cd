"""The conversation with the model: what it cost, and the limits on it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TypeVar

from evo.agents.tools.limits import AgentLimitError, Limits
from evo.agents.tools.trace import Trace
from evo.models.model import Completion, Model, Request, cost
from genomes.errors import ModelError

_Number = TypeVar("_Number", int, float)


class Talk:
    """Chat turns with one model for one example.

    Args:
        model: Asked.
        messages: The turns so far.
        limits: Of the agent.
        temperature: 0 for greedy.
        trace: Told what the model says.
    """

    def __init__(
        self,
        model: Model,
        messages: Sequence[dict[str, str]],
        limits: Limits,
        temperature: float,
        trace: Trace,
    ) -> None:
        self._model = model
        self._messages = list(messages)
        self._limits = limits
        self._temperature = temperature
        self._trace = trace
        self._completions: list[Completion] = []
        self._began = time.monotonic()

    @property
    def replies(self) -> int:
        """How often the model has answered."""
        return len(self._completions)

    @property
    def tokens(self) -> tuple[int | None, int | None]:
        """Prompt and completion tokens; ``None`` if unknown."""
        return (
            _total(one.prompt_tokens for one in self._completions),
            _total(one.completion_tokens for one in self._completions),
        )

    @property
    def money(self) -> float | None:
        """USD; ``None`` if unknown."""
        if not self._completions:
            return 0.0 if self._model.price is not None else None
        return _total(map(self._cost, self._completions))

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds that a call of a tool may take now.

        Raises:
            AgentLimitError: The time is over.
        """
        most = self._limits.max_seconds
        if most is None:
            return self._limits.timeout
        if self.seconds >= most:
            raise AgentLimitError(f"it took longer than {most:g} s")
        return min(self._limits.timeout, most - self.seconds)

    def tell(self, text: str) -> None:
        """What the model reads next; two in a row are one turn."""
        if self._messages and self._messages[-1]["role"] == "user":
            before = self._messages.pop()["content"]
            text = f"{before}\n{text}"
        self._messages.append({"role": "user", "content": text})

    def ask(self) -> str:
        """The model's next reply.

        Raises:
            AgentLimitError: A limit of the agent forbids it, or the model repeats itself.
            ModelError: The model cannot answer.
        """
        if self.replies >= self._limits.max_steps:
            raise AgentLimitError(f"it asked the model more than {self.replies} times")
        self.left()
        self._check_money()
        completion = self._model.complete(
            Request(
                messages=tuple(self._messages),
                max_tokens=self._limits.max_tokens,
                temperature=self._temperature,
            )
        )
        self._completions.append(completion)
        self._trace.add("model", completion.text)
        self._messages.append({"role": "assistant", "content": completion.text})
        self._check_repeats()
        return completion.text

    def _check_repeats(self) -> None:
        most = self._limits.repeats
        last = [one.text for one in self._completions[-most:]]
        if len(last) == most > 1 and len(set(last)) == 1:
            self._trace.problem("repeated", f"the model gave the same reply {most} times in a row")
            raise AgentLimitError(f"the model gave the same reply {most} times in a row")

    def _check_money(self) -> None:
        most, price = self._limits.max_money, self._model.price
        if most is None or price is None:
            return
        spent = self.money
        if spent is None:
            raise ModelError(
                "a reply came without its cost, so max_money cannot be kept",
                remedy="leave out agent.max_money, or use a model that counts its tokens",
            )
        # A token is at least one byte; chat templates frame each turn.
        prompt = 64 + sum(len(one["content"].encode()) + 16 for one in self._messages)
        if spent + price[0] * prompt + price[1] * self._limits.max_tokens > most:
            raise AgentLimitError(f"the next reply could cost more than ${most:g} in all")

    def _cost(self, one: Completion) -> float | None:
        if one.money is not None:
            return one.money
        return cost(self._model.price, one.prompt_tokens, one.completion_tokens)


def _total(values: Iterable[_Number | None]) -> _Number | None:
    """The sum; ``None`` if a part is unknown."""
    known = list(values)
    parts = [value for value in known if value is not None]
    return sum(parts[1:], parts[0]) if parts and len(parts) == len(known) else None
