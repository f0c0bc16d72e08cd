"""Stand-ins that several tests share: a store in memory, an agent that answers by rule."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist

from evo.config import Config, resolve
from evo.task import Task
from fitness.response import Response, ResponseKey
from fitness.suites import Example, Role, Suite
from genomes import (
    DecisionGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    Rendered,
    Slot,
)


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
        self,
        run_id: str,
        purpose: str,
        operator: str | None,
        tokens: int,
        money: float | None,
        key: str | None = None,
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


def noise(*parts: str) -> float:
    """A standard normal number that only depends on its arguments."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    uniform = (int.from_bytes(digest[:8]) + 0.5) / 2**64
    return NormalDist().inv_cdf(uniform)


def taste_reply(rendered: Rendered, example: Example) -> Response:
    """Answers better the more of the words clear, short and honest the system turn holds.

    Biased toward "good" by one nat, so that a fitted offset helps as well.
    """
    system = rendered.turns[0].text if rendered.turns[0].role == "system" else ""
    skill = 0.3 + 0.9 * sum(word in system for word in ("clear", "short", "honest"))
    right = 1.0 if example.target == "good" else -1.0
    margin = 1.0 + skill * right + noise(system, example.id)
    return Response(
        "x",
        logprobs=(("good", margin / 2 - 5), ("bad", -margin / 2 - 5)),
        prompt_tokens=10 + len(system) // 4,
        completion_tokens=1,
    )


def taste_task() -> Task:
    """A task that a search can solve in a few hundred free calls; a second domain shares a gene."""
    domains = tuple(
        Domain(name=name, inputs=("text",), labels=("good", "bad"), top_logprobs=5)
        for name in ("taste", "other")
    )
    seed = Genome(
        domains=domains,
        genes=(
            FragmentGene(id="role", text="You help."),
            FragmentGene(id="task", scope=("taste",), text="Judge the text."),
            FragmentGene(id="user", place="user", text="{{ text }}"),
            DecisionGene(id="offset", scope=("taste",), parameter="offset", label="good"),
        ),
    )
    words = ["Be clear.", "Be short.", "Be honest.", "Be kind.", "Be brave.", "Be quick."]
    spec = GenomeSpec(
        slots=(
            Slot(gene="role", library=("roles",)),
            Slot(gene="task", library=("instructions", "emphasis")),
            Slot(gene="offset", low=-4, high=4),
        ),
        stock={
            "instructions": ["Judge the text.", "Say what you think.", *words],
            "emphasis": words,
            "roles": ["You help.", "You are a clear judge.", "You judge."],
        },
    )
    suites = (
        taste_suite("taste", "search", 120),
        taste_suite("other", "search", 30),
        taste_suite("taste", "gate", 600),
        taste_suite("other", "regression", 100),
        taste_suite("taste", "audit", 200),
    )
    return Task("taste", "taste", seed, spec, suites)


def taste_suite(domain: str, role: Role, n: int) -> Suite:
    """Alternating labels, one cluster an example."""
    examples = tuple(
        Example(
            f"{domain}-{role}-{i}",
            {"text": f"{domain} {role} text {i}"},
            "good" if i % 2 else "bad",
            domain,
            f"{domain}-{role}-{i}",
        )
        for i in range(n)
    )
    return Suite(f"{domain}/{role}", role, domain, examples)


def taste_config(workspace: Path, **sets: object) -> Config:
    """A config for ``taste_task``; dotted keys override."""
    return resolve(
        {"name": "taste", "task": "unused", "budget": {"calls": 2400}},
        folder=workspace,
        sets=[
            "search.blocks=[15, 40, 80]",
            "search.reserve=40",
            "gate.n=200",
            *(f"{key}={value}" for key, value in sets.items()),
        ],
    )
