"""Suites with tags and lengths, and outcomes with a weakness planted in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from numpy.random import Generator

from evo.gaps import Observed
from fitness.outcome import Outcome
from fitness.suites import Example, Role, Suite

TAGS = ("w", "x", "y", "z")

Change = Callable[[Example, Outcome], Outcome]


def tagged_suite(
    rng: Generator,
    n: int,
    labels: Sequence[str] = ("a", "b"),
    *,
    domain: str = "mail",
    role: Role = "search",
    clusters: int | None = None,
) -> Suite:
    """Random labels, lengths, and tags that a quarter of the examples have each."""
    examples = tuple(
        Example(
            f"{domain}-{i}",
            {"text": "w" * int(rng.integers(20, 400))},
            labels[int(rng.integers(len(labels)))],
            domain,
            f"{domain}-{i if clusters is None else int(rng.integers(clusters))}",
            tuple(tag for tag in TAGS if rng.random() < 0.25),
        )
        for i in range(n)
    )
    return Suite(f"{domain}/{role}", role, domain, examples)


def noise_outcomes(
    rng: Generator, suite: Suite, rate: float = 0.3, change: Change = lambda _, outcome: outcome
) -> list[Outcome]:
    """Every example fails with the same probability and costs what its length asks for.

    Args:
        rng: Source of the failures.
        suite: Examples.
        rate: Probability of a failure.
        change: Plants a weakness.
    """
    labels = sorted({example.target for example in suite})
    found = []
    for example in suite:
        others = [label for label in labels if label != example.target]
        bad = bool(rng.random() < rate)
        answer = others[int(rng.integers(len(others)))] if bad else example.target
        tokens = int(100 + len(example.inputs["text"]) / 4 + rng.gamma(2, 20))
        outcome = Outcome(example.id, 0.0 if bad else 1.0, answer, tokens=tokens)
        found.append(change(example, outcome))
    return found


def failing(
    rng: Generator, where: Callable[[Example], bool], rate: float, answer: str | None = None
) -> Change:
    """Examples fail with this probability too, if ``where`` says so."""

    def change(example: Example, outcome: Outcome) -> Outcome:
        if not where(example) or rng.random() >= rate:
            return outcome
        wrong = answer or next(label for label in "abcdef" if label != example.target)
        return replace(outcome, score=0.0, answer=wrong)

    return change


def observed(suite: Suite, outcomes: Sequence[Outcome]) -> Observed:
    """Without replicates and without earlier genomes."""
    return Observed(suite, outcomes)
