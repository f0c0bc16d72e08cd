"""A gain in one domain with a loss in another: what the whole gate does with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from benchmarks.lines import Line
from evo.gate import GateConfig, make_plan, run_gate
from fitness.outcome import Outcome
from fitness.stats import wilson
from fitness.suites import Example, Role, Suite
from genomes import Domain, FragmentGene, Genome
from genomes.scoping import scoped

GAIN, LOSS, DISCORDANCE = 0.15, -0.08, 0.2
ENDS = ("everywhere", "own domain", "refused")
DOMAINS = tuple(Domain(name=name, inputs=("text",), labels=("yes", "no")) for name in ("a", "b"))


def narrow_gain(trials: int, alpha: float) -> list[Line]:
    """How often the candidate is promoted everywhere, for its own domain, or not at all.

    +15 points in one domain and -8 in the other, 20 % discordance, 300 gate and 300 regression
    examples, the fallback planned.
    """
    rng = np.random.default_rng(10)
    gate, regression = suite("a", "gate"), suite("b", "regression")
    ends = Counter(_end(gate, regression, alpha, rng) for _ in range(trials))
    lines = []
    for name in ENDS:
        found = wilson(ends[name], trials)
        lines.append(
            Line(
                bench="gate-power",
                task="narrow +15%, -8%",
                method=f"gate, alpha {alpha:g}",
                metric=f"promoted: {name}" if name != "refused" else name,
                value=found.estimate,
                low=found.low,
                high=found.high,
                n=trials,
            )
        )
    return lines


def genome(text: str) -> Genome:
    """A genome whose one rule holds in both domains."""
    ask = FragmentGene(id="ask", place="user", text="{{ text }}")
    return Genome(domains=DOMAINS, genes=(ask, FragmentGene(id="rule", text=text)))


def suite(domain: str, role: Role, n: int = 300) -> Suite:
    """Examples without content: outcomes are drawn."""
    rows = tuple(
        Example(f"{domain}{i}", {"text": f"{domain} {i}"}, "yes", domain, f"{domain}{i}")
        for i in range(n)
    )
    return Suite(f"{domain}/{role}", role, domain, rows)


class _Drawn:
    """Draws an outcome of both arms for each example, once."""

    def __init__(self, champion: Genome, rng: Generator) -> None:
        self._champion = champion
        self._rng = rng
        self._drawn: dict[str, tuple[float, float]] = {}

    def __call__(self, genome: Genome, domain: str, examples: Sequence[Example]) -> list[Outcome]:
        arm = 0 if genome == self._champion else 1
        gain = GAIN if domain == "a" else LOSS
        return [Outcome(example.id, self._pair(example.id, gain)[arm]) for example in examples]

    def _pair(self, name: str, gain: float) -> tuple[float, float]:
        if name not in self._drawn:
            draw, win = self._rng.random(), (DISCORDANCE + gain) / 2
            tie = (1.0, 1.0) if draw >= DISCORDANCE else (1.0, 0.0)
            self._drawn[name] = (0.0, 1.0) if draw < win else tie
        return self._drawn[name]


def _end(gate: Suite, regression: Suite, alpha: float, rng: Generator) -> str:
    champion, candidate = genome("old"), genome("new")
    fallback = scoped(candidate, champion, "a")
    plan = make_plan(
        GateConfig(),
        attempt_id="simulated",
        champion=champion,
        candidate=candidate,
        shard=gate,
        regressions=(regression,),
        alpha=alpha,
        rng=rng,
        fallback=fallback,
    )
    decision = run_gate(
        plan,
        champion,
        candidate,
        (gate, regression),
        _Drawn(champion, rng),
        stateless=True,
        register=lambda _: None,
        fallback=fallback,
    )
    places = {candidate.id: "everywhere", fallback.id: "own domain"}
    return "refused" if decision.promoted_id is None else places[decision.promoted_id]
