"""A small world: genomes whose text names their quality, suites, and a measure that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from evo.gate import GateConfig, GateDecision, GatePlan, make_plan, run_gate
from fitness.objectives import Objective
from fitness.outcome import Outcome
from fitness.suites import Example, Role, Suite
from genomes import Domain, FragmentGene, Genome

DOMAINS = tuple(Domain(name=name, inputs=("text",), labels=("yes", "no")) for name in ("a", "b"))


def genome(text: str, scope: tuple[str, ...] = ()) -> Genome:
    return Genome(
        domains=DOMAINS,
        genes=(
            FragmentGene(id="ask", place="user", text="{{ text }}"),
            FragmentGene(id="rule", text=text, scope=scope),
        ),
    )


def make_suite(name: str, n: int, role: Role = "gate", *, size: int = 1, **more: object) -> Suite:
    """A suite whose domain is the first letter of its name, in clusters of ``size``."""
    rows = tuple(
        Example(f"{name}-{i}", {"text": f"{name} {i}"}, "yes", name[0], f"{name}-c{i // size}")
        for i in range(n)
    )
    return Suite(name, role, name[0], rows, **more)  # type: ignore[arg-type]


@dataclass
class Measurer:
    """Scores by table: champion and candidate scores by example id; counts what it is asked.

    ``others`` scores further genomes by id; ``costs`` are tokens of champion and candidate.
    """

    champion: Genome
    scores: Mapping[str, tuple[float | None, float | None]]
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    others: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    costs: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)

    def __call__(self, genome: Genome, domain: str, examples: Sequence[Example]) -> list[Outcome]:
        arm = 0 if genome == self.champion else 1
        name = "anchor" if genome.id in self.others else ("champion", "candidate")[arm]
        self.calls.append((name, domain, len(examples)))
        if name == "anchor":
            known = self.others[genome.id]
            return [Outcome(example.id, known[example.id]) for example in examples]
        return [
            Outcome(
                example.id,
                self.scores[example.id][arm],
                tokens=self.costs.get(example.id, (None, None))[arm],
            )
            for example in examples
        ]

    @property
    def measured(self) -> int:
        return sum(count for _, _, count in self.calls)


def pass_fail(
    suite: Suite, rng: np.random.Generator, gain: float, discordance: float = 0.2
) -> dict[str, tuple[float | None, float | None]]:
    """Independent pass/fail pairs with a true difference of ``gain``."""
    win, lose = (discordance + gain) / 2, (discordance - gain) / 2
    kinds = ((0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    drawn = rng.choice(3, size=len(suite), p=[win, lose, 1 - discordance])
    return {example.id: kinds[kind] for example, kind in zip(suite, drawn, strict=True)}


@dataclass
class World:
    """Champion, candidate, a gate shard in domain a and a regression suite in domain b."""

    champion: Genome = field(default_factory=lambda: genome("old"))
    candidate: Genome = field(default_factory=lambda: genome("new"))
    gate: Suite = field(default_factory=lambda: make_suite("a/gate", 300))
    regressions: tuple[Suite, ...] = ()
    config: GateConfig = field(default_factory=GateConfig)
    alpha: float = 0.05
    registered: list[GatePlan] = field(default_factory=list)
    anchors: dict[str, Genome] = field(default_factory=dict)
    limits: tuple[Objective, ...] = ()

    def plan(self, seed: int = 0, attempt_id: str = "1") -> GatePlan:
        return make_plan(
            self.config,
            attempt_id=attempt_id,
            champion=self.champion,
            candidate=self.candidate,
            shard=self.gate,
            regressions=self.regressions,
            alpha=self.alpha,
            rng=np.random.default_rng(seed),
            anchors={name: genome.id for name, genome in self.anchors.items()},
            limits=self.limits,
        )

    def measurer(self, scores: Mapping[str, tuple[float | None, float | None]]) -> Measurer:
        return Measurer(self.champion, scores)

    def run(
        self,
        scores: Mapping[str, tuple[float | None, float | None]],
        *,
        stateless: bool = True,
        plan: GatePlan | None = None,
        measurer: Measurer | None = None,
        **more: Any,
    ) -> GateDecision:
        return run_gate(
            plan or self.plan(),
            self.champion,
            self.candidate,
            (self.gate, *self.regressions),
            measurer or self.measurer(scores),
            stateless=stateless,
            register=self.registered.append,
            anchors=tuple(self.anchors.values()),
            **more,
        )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def kit() -> type:
    """The helpers above, for test files that cannot import this one."""

    class Kit:
        World = World
        genome = staticmethod(genome)
        suite = staticmethod(make_suite)
        pass_fail = staticmethod(pass_fail)
        Measurer = Measurer

    return Kit
