"""The task of single calls: seed genome, what may vary, suites by role."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.worlds.single_turn.data import Category, Question, gold_call, questions
from evo.task import Task
from fitness.suites import Example, Role, Suite
from fitness.suites.splits import split
from genomes import (
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    ReasoningGene,
    Slot,
)
from genomes.library import load_library

NAME = "function-calls"

NO_CALL = "No function fits."
"""What stands as the target where no function is to be called."""

POOL = 20
"""Search examples that may be shown as demonstrations; they are never measured."""

MAX_TOKENS = 120

_DOMAINS: dict[str, Category] = {
    "call": "simple_python",
    "choice": "multiple",
    "abstention": "irrelevance",
}
"""Domain to category. ``call`` is to be improved; the others must not get worse."""

_SHARES = {"search": 0.35, "gate": 0.4, "audit": 0.25}
_REGRESSION = {"search": 0.3, "regression": 0.7}
_ROLES: dict[str, Role] = {
    "search": "search",
    "gate": "gate",
    "regression": "regression",
    "audit": "audit",
}


def function_calls() -> Task:
    """One request, functions described as JSON, one call or none (S. G. Patil et al. 2025).

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    parts = split(examples("call"), _SHARES, salt=NAME)
    pool, parts["search"] = parts["search"][:POOL], parts["search"][POOL:]
    suites = [*_suites("call", parts)]
    for domain in ("choice", "abstention"):
        suites += _suites(domain, split(examples(domain), _REGRESSION, salt=NAME))
    return Task(NAME, "call", seed_genome(), _spec(pool), tuple(suites))


def examples(domain: str) -> list[Example]:
    """One example a question; the accepted values are no input."""
    return [
        Example(
            id=one.id,
            inputs={"request": one.text, "functions": json.dumps(one.functions)},
            target=_target(one),
            domain=domain,
            cluster=one.id,
        )
        for one in questions(_DOMAINS[domain]).values()
    ]


def seed_genome() -> Genome:
    """What a first attempt looks like."""
    return Genome(
        domains=tuple(
            Domain(
                name=name,
                inputs=("request", "functions"),
                task_kind="general",
                max_tokens=MAX_TOKENS,
            )
            for name in _DOMAINS
        ),
        genes=(
            FragmentGene(id="role", text="You are a helpful assistant."),
            FragmentGene(
                id="task",
                text="Answer with one JSON object with name and arguments that calls the function "
                f'that fits the request. If none does, answer "{NO_CALL}"',
            ),
            ReasoningGene(id="reasoning"),
            DemoGene(id="demos"),
            FragmentGene(
                id="template",
                place="user",
                text="Functions: {{ functions }}\nRequest: {{ request }}",
            ),
        ),
    )


def _target(one: Question) -> str:
    return NO_CALL if one.accepted is None else json.dumps(gold_call(one.accepted))


def _suites(domain: str, parts: Mapping[str, Sequence[Example]]) -> Iterator[Suite]:
    for role, members in parts.items():
        yield Suite(
            f"{domain}/{role}", _ROLES[role], domain, tuple(members), scorer="function_call"
        )


def _spec(pool: Sequence[Example]) -> GenomeSpec:
    return GenomeSpec(
        slots=(
            Slot(gene="role", max_chars=200, library=("roles",), optional=True),
            Slot(gene="task", library=("instructions", "emphasis")),
            Slot(gene="reasoning", max_chars=200, library=("reasoning",), optional=True),
            Slot(gene="demos", max_demos=3),
            Slot(gene="template", max_chars=200),
        ),
        demo_pool=(("call", tuple(one.as_demo() for one in pool)),),
        max_chars=8000,
        stock=load_library("general") | _CALLS,
    )


_CALLS = {
    "roles": [
        "You are a helpful assistant.",
        "You turn requests into function calls.",
        "You are a careful operator of functions.",
    ],
    "instructions": [
        'Answer with one JSON object: {"name": ..., "arguments": {...}}.',
        "Call the function that fits the request, as one JSON object and nothing else.",
        "Write the call as Python, such as f(a=1), with every argument by name.",
        "Call one of the functions if it can do what is asked; otherwise say that none fits.",
    ],
    "emphasis": [
        "Answer with the call only.",
        "Copy names and numbers from the request exactly.",
        "Leave out what the request does not say and the function does not require.",
        "Use the name of the function exactly as it is given, dots included.",
        "Write numbers as numbers, not as text.",
        f'If no function fits, answer "{NO_CALL}"',
    ],
    "reasoning": [
        "First see whether any function does what is asked.",
        "Choose the function, then fill in its parameters one by one.",
    ],
}
