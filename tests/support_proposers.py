"""A genome with every kind of gene, a context around it, and a writer over a scripted model."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from support import MemoryStore

from evo.gaps import Gap
from evo.models import Completion, Request, ScriptedModel
from evo.proposers import Context, Lesson, Observation, Writer
from fitness.budget import Budget, Limits
from fitness.evaluator import Course, Policy
from genomes import (
    DecisionGene,
    Demo,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    ReasoningGene,
    Slot,
)

LONG = "Please do read the whole of the text with care before you come to a decision."


def reply(gene: str = "task", text: str = "Say {{ labels }}.", **changes: Any) -> str:
    """A well-formed reply with one edit."""
    content = {
        "label": "instruction_unclear",
        "hypothesis": "Fewer words say it better.",
        "edits": [{"gene": gene, "text": text}],
        "expected": 7,
    }
    return json.dumps({**content, **changes})


def said(text: str, tokens: int = 20) -> Completion:
    """A completion with counts."""
    return Completion(text, prompt_tokens=100, completion_tokens=tokens, money=0.0)


KEEP = {"task": "Say {{ labels }} ", "user": "{{ text }} ", "law": "Never lie. "}
"""What an edit of a gene must hold."""


def open_genes(request: Request) -> list[str]:
    """The genes that the request may edit."""
    schema: Any = request.schema
    genes: list[str] = schema["properties"]["edits"]["items"]["properties"]["gene"]["enum"]
    return genes


def first_open(request: Request) -> str:
    """The first of them."""
    return open_genes(request)[0]


def drawn(request: Request) -> Completion:
    """A valid edit of the first gene that the request allows, different for every seed."""
    gene = first_open(request)
    return said(reply(gene, f"{KEEP.get(gene, 'Be ')}{(request.seed or 0) % 1000}."))


def genome() -> Genome:
    return Genome(
        domains=(
            Domain(name="taste", inputs=("text",), labels=("good", "bad"), top_logprobs=5),
            Domain(name="free", inputs=("text",)),
        ),
        genes=(
            FragmentGene(id="role", text="You help."),
            FragmentGene(id="task", scope=("taste",), text=f"{LONG} Answer {{{{ labels }}}}."),
            FragmentGene(id="law", text="Never lie. Be kind to all.", locked=("Never lie.",)),
            ReasoningGene(id="reasoning", template=""),
            DemoGene(
                id="demos",
                scope=("taste",),
                demos=(Demo(example_id="d", inputs=(("text", "fine"),), target="good"),),
            ),
            FragmentGene(id="user", place="user", text="Text: {{ text }}\nAnswer:"),
            FragmentGene(id="fixed", text="This part of the contract never changes."),
            DecisionGene(id="offset", scope=("taste",), parameter="offset", label="good"),
        ),
    )


def spec() -> GenomeSpec:
    return GenomeSpec(
        slots=(
            Slot(gene="role", max_chars=80, optional=True),
            Slot(gene="task", max_chars=200),
            Slot(gene="law", max_chars=100),
            Slot(gene="reasoning", max_chars=100),
            Slot(gene="user", max_chars=60),
            Slot(gene="demos"),
            Slot(gene="offset", low=-4, high=4),
        ),
        max_chars=500,
    )


def seen(number: int, score: float) -> Observation:
    text = f"Number {number} tells at great length of a film about seven brave farmers."
    right = "good" if number % 2 else "bad"
    return Observation(f"e{number}", {"text": text}, right, "bad" if score else "good", score)


def context(**changes: Any) -> Context:
    """Two parents, a gap in ``taste`` and what happened there."""
    gap = Gap(
        domain="taste", slice="target=good", n=40, failures=12, low=0.2, high=0.5, priority=0.1
    )
    other = genome().with_gene(FragmentGene(id="role", text="You are a stern judge of films."))
    content: dict[str, Any] = {
        "parents": (genome(), other),
        "gap": gap,
        "failures": tuple(seen(number, 0.0) for number in range(9)),
        "successes": tuple(seen(number, 1.0) for number in range(20, 26)),
        "lessons": (
            Lesson("reflect", "boundary_unclear: it said too little of irony", -0.05, 40),
            Lesson("rewrite", "distraction: fewer words", 0.04, 40),
        ),
    }
    return Context(**{**content, **changes})


@dataclass
class Desk:
    """A writer with all that stands around it."""

    replies: Callable[[Request], Any] | Sequence[Any]
    store: MemoryStore = field(default_factory=MemoryStore)
    limits: Limits = field(default_factory=Limits)
    policy: Policy = field(default_factory=lambda: Policy(retries=2, wait=0.0))
    course: Course = field(default_factory=Course)
    price: tuple[float, float] | None = (0.0, 0.0)

    def __post_init__(self) -> None:
        self.model = ScriptedModel(self.replies, price=self.price)
        self.budget = Budget(self.limits)
        self.writer = Writer(
            self.model, self.store, "run", self.budget, self.policy, course=self.course
        )

    def counts(self, operator: str) -> dict[str, int]:
        """The kinds that happened."""
        row = self.writer.tally.as_dict()[operator]["counts"]
        return {kind: n for kind, n in row.items() if n}
