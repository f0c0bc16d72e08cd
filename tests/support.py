"""Stand-ins that several tests share: a store in memory, an agent that answers by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from fitness.response import Response, ResponseKey
from fitness.suites import Example
from genomes import Rendered


@dataclass
class MemoryStore:
    """Responses and the ledger of calls, as the workspace store keeps them."""

    responses: dict[str, Response] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)

    def get_many(self, keys: Iterable[ResponseKey]) -> Mapping[str, Response]:
        return {k.hash: self.responses[k.hash] for k in keys if k.hash in self.responses}

    def put(self, key: ResponseKey, response: Response, *, call_id: int | None) -> None:
        self.responses.setdefault(key.hash, response)
        if call_id is not None:
            self.settled.append(call_id)

    def reserve_call(
        self, run_id: str, purpose: str, operator: str | None, tokens: int, money: float | None
    ) -> int:
        self.calls.append(purpose)
        return len(self.calls)

    def settle_call(
        self, call_id: int, tokens: int | None, money: float | None, seconds: float, status: str
    ) -> None:
        self.settled.append(call_id)


@dataclass
class RuleAgent:
    """Answers by a function; counts."""

    reply: Callable[[Rendered, Example], Response]
    asked: list[tuple[str, str]] = field(default_factory=list)
    fingerprint: str = "rule"
    stateless: bool = True
    price: tuple[float, float] | None = (0.0, 0.0)

    def run(self, rendered: Rendered, example: Example) -> Response:
        self.asked.append((rendered.call_hash, example.id))
        return self.reply(rendered, example)


def labelled(good: float, bad: float) -> Response:
    """A response that gives both labels these log-probabilities."""
    return Response(
        "good", logprobs=(("good", good), ("bad", bad)), prompt_tokens=10, completion_tokens=1
    )
