"""A tiny world: labelled texts, a plain genome."""

from __future__ import annotations

import pytest
from support import MemoryStore

from fitness.suites import Example, Suite
from genomes import DecisionGene, Domain, FragmentGene, Genome


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def genome() -> Genome:
    return Genome(
        domains=(Domain(name="taste", inputs=("text",), labels=("good", "bad"), top_logprobs=5),),
        genes=(
            FragmentGene(id="task", text="Judge."),
            FragmentGene(id="user", place="user", text="{{ text }}"),
            DecisionGene(id="offset", scope=("taste",), parameter="offset", label="good"),
        ),
    )


@pytest.fixture
def suite() -> Suite:
    examples = tuple(
        Example(f"e{i}", {"text": f"text {i}"}, "good" if i % 2 else "bad", "taste", f"c{i}")
        for i in range(20)
    )
    return Suite("taste/search", "search", "taste", examples)
