"""The coder task: seed genome, what may vary, suites by role."""

from __future__ import annotations

from typing import Any

from benchmarks.coder.data import DOMAIN, examples
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

POOL = 10
"""Search examples that may be shown as demonstrations; they are never measured."""

MAX_TOKENS = 320
_SHARES = {"search": 0.35, "gate": 0.45, "audit": 0.2}
_ROLES: dict[str, Role] = {"search": "search", "gate": "gate", "audit": "audit"}
_SETTINGS = """\
models:
  task:                     # a small coder of 491 MB, fetched once
    kind: local
    name: qwen2.5-coder-0.5b

search:
  children: 4
  blocks: [8, 20]
  finalists: 2
  reserve: 16               # fresh problems that rank the finalists
  regression: 0

gate:
  n: 60                     # unseen problems of one attempt; HumanEval has only 164 in all

budget:
  calls: 400                # a hard bound: no path exceeds it

run:
  seed: 1
"""


def coder() -> Task:
    """Functions from HumanEval, scored by their tests.

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    parts = split(examples(), _SHARES, salt=DOMAIN)
    pool, parts["search"] = parts["search"][:POOL], parts["search"][POOL:]
    suites = tuple(
        Suite(f"{DOMAIN}/{role}", _ROLES[role], DOMAIN, members, scorer="human_eval")
        for role, members in parts.items()
    )
    return Task(DOMAIN, DOMAIN, seed_genome(), _spec(pool), suites)


def example() -> str:
    """The settings that ``evogate init --example coder`` writes."""
    return _SETTINGS


def seed_genome() -> Genome:
    """What a first attempt looks like: one instruction, no demonstration."""
    return Genome(
        domains=(Domain(name=DOMAIN, inputs=("prompt",), max_tokens=MAX_TOKENS),),
        genes=(
            FragmentGene(id="role", text="You are a helpful assistant."),
            FragmentGene(id="task", text="Complete the function."),
            ReasoningGene(id="reasoning"),
            DemoGene(id="demos"),
            FragmentGene(id="template", place="user", text="{{ prompt }}"),
        ),
    )


def _spec(pool: tuple[Example, ...]) -> GenomeSpec:
    return GenomeSpec(
        slots=(
            Slot(gene="role", max_chars=200, library=("roles",), optional=True),
            Slot(gene="task", library=("instructions", "emphasis")),
            Slot(gene="reasoning", max_chars=200, library=("reasoning",), optional=True),
            Slot(gene="demos", max_demos=2),
            Slot(gene="template", max_chars=200, library=("templates",)),
        ),
        demo_pool=((DOMAIN, tuple(one.as_demo() for one in pool)),),
        max_chars=6000,
        stock=_stock(),
    )


def _stock() -> dict[str, Any]:
    """The general library, with the texts that stand alone replaced by texts on code."""
    return load_library("general") | _CODE


_CODE = {
    "roles": [
        "You are a helpful assistant.",
        "You are an expert Python programmer.",
        "You write short, correct Python.",
        "You complete Python functions so that their examples hold.",
    ],
    "instructions": [
        "Complete the function.",
        "Complete the function below. Answer with the whole function in one code block.",
        "Write the body of this function. Repeat the signature and all imports.",
        "Implement the function as its docstring says.",
        "Write Python code that makes the examples in the docstring true.",
        "Finish this Python function and return the full code.",
    ],
    "emphasis": [
        "Answer with code only.",
        "Do not explain the code.",
        "Keep the name and the parameters of the function.",
        "Mind empty input and single elements.",
        "Do not print anything.",
        "Write no tests and no examples.",
    ],
    "reasoning": [
        "Check the examples of the docstring in your head before you answer.",
        "Choose the simplest loop that does it.",
        "Plan silently, then write the code.",
    ],
    "templates": [
        "{{ input }}",
        "```python\n{{ input }}```",
        "Complete this:\n```python\n{{ input }}```",
        "{{ input }}\n# Write the body.",
        "Python function to complete:\n\n{{ input }}",
    ],
}
