"""The research task: seed genome, what may vary, suites by role."""

from __future__ import annotations

from typing import Any

from benchmarks.research.data import DOMAIN, examples
from evo.task import Task
from fitness.suites import Example, Role, Suite
from fitness.suites.splits import split
from genomes import (
    DecisionGene,
    DemoGene,
    Domain,
    FragmentGene,
    Genome,
    GenomeSpec,
    ReasoningGene,
    Slot,
)
from genomes.library import load_library

POOL = 40
"""Search examples that may be shown as demonstrations; they are never measured."""

_SHARES = {"search": 0.35, "gate": 0.45, "audit": 0.2}
_ROLES: dict[str, Role] = {"search": "search", "gate": "gate", "audit": "audit"}
_SETTINGS = """\
models:
  task:                     # the model that answers; evogate models list shows more
    kind: local
    name: smollm2-135m

search:
  children: 6
  blocks: [12, 30, 60]
  finalists: 2
  reserve: 40               # fresh examples that rank the finalists

gate:
  n: 200                    # unseen examples of one attempt
  look_every: 20            # a local model keeps its prompt warm from one look to the next

budget:
  calls: 1500               # a hard bound: no path exceeds it

run:
  seed: 1
"""


def research() -> Task:
    """Questions over passages, scored by the F1 of the words (Rajpurkar et al. 2016).

    Raises:
        DataError: The data wheel is missing or was changed.
    """
    parts = split(examples(), _SHARES, salt=DOMAIN)
    pool, parts["search"] = parts["search"][:POOL], parts["search"][POOL:]
    suites = tuple(
        Suite(f"{DOMAIN}/{role}", _ROLES[role], DOMAIN, members, scorer="token_f1")
        for role, members in parts.items()
    )
    return Task(DOMAIN, DOMAIN, seed_genome(), _spec(pool), suites)


def example() -> str:
    """The settings that ``evogate init --example research`` writes."""
    return _SETTINGS


def seed_genome() -> Genome:
    """What a first attempt looks like: one instruction, no demonstration."""
    return Genome(
        domains=(Domain(name=DOMAIN, inputs=("passage", "question"), max_tokens=24),),
        genes=(
            FragmentGene(id="role", text="You are a research assistant."),
            FragmentGene(id="task", text="Answer the question about the passage."),
            ReasoningGene(id="reasoning"),
            DemoGene(id="demos"),
            FragmentGene(
                id="template",
                place="user",
                text="Passage: {{ passage }}\n\nQuestion: {{ question }}",
            ),
            DecisionGene(id="extract", parameter="extract", value="whole"),
        ),
    )


def _spec(pool: tuple[Example, ...]) -> GenomeSpec:
    return GenomeSpec(
        slots=(
            Slot(gene="role", max_chars=200, library=("roles",), optional=True),
            Slot(gene="task", library=("instructions", "emphasis")),
            Slot(gene="reasoning", max_chars=200, library=("reasoning",), optional=True),
            Slot(gene="demos", max_demos=3),
            Slot(gene="template", max_chars=200, library=("templates",)),
            Slot(gene="extract", choices=("whole", "first_line", "last_line")),
        ),
        demo_pool=((DOMAIN, tuple(one.as_demo() for one in pool)),),
        max_chars=5000,
        stock=_stock(),
    )


def _stock() -> dict[str, Any]:
    """The general library, and what is known to matter for reading."""
    stock = load_library("general")
    for group, texts in _READING.items():
        stock[group] = [*stock[group], *texts]
    stock["templates"] = _TEMPLATES
    return stock


_READING = {
    "roles": ["You find facts in texts.", "You answer from sources, and say when they are silent."],
    "instructions": [
        "Copy the shortest part of the passage that answers the question.",
        "Answer with a few words from the passage. If it does not say, answer: unknown",
        "Find the answer in the passage and write only that.",
        "The speaker corrects the question half-way; answer what was meant in the end.",
        'Give a name, a number or a short phrase from the passage, or "unknown".',
        "Answer in at most five words, taken from the passage.",
    ],
    "emphasis": [
        "If the passage does not say, answer: unknown",
        "Use words of the passage only.",
        "Do not write a sentence.",
        "Take the question as it was corrected.",
    ],
    "reasoning": [
        "Find the sentence that the question is about, then copy the words that answer it.",
        "Drop what the speaker takes back before you look for the answer.",
    ],
}
_TEMPLATES = [
    "Passage: {{ passage }}\n\nQuestion: {{ question }}",
    "Passage: {{ passage }}\n\nQuestion: {{ question }}\nAnswer:",
    "{{ passage }}\n\n{{ question }}",
    "{{ passage }}\n\nQ: {{ question }}\nA:",
    "Text: {{ passage }}\nQuestion: {{ question }}\nShort answer:",
    "Question: {{ question }}\nPassage: {{ passage }}\nAnswer:",
    "Read this:\n{{ passage }}\n\nNow answer in a few words: {{ question }}",
]
