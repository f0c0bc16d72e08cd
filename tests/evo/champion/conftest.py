from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from support_gate import decided, planned

from evo.champion import Registry
from genomes import Domain, FragmentGene, Genome


def make_genome(text: str) -> Genome:
    return Genome(
        domains=(Domain(name="film", inputs=("text",), labels=("good", "bad")),),
        genes=(
            FragmentGene(id="instruction", text=text),
            FragmentGene(id="template", text="{{ text }}", place="user"),
        ),
    )


def make_decision(candidate: Genome, champion: Genome, verdict: str = "PROMOTE") -> dict:
    proof = decided(candidate, champion, f"attempt-{candidate.id[:6]}")
    return {**proof, "verdict": verdict}


def step_clock():
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    ticks = count()
    return lambda: start + timedelta(seconds=next(ticks))


@pytest.fixture
def genome():
    return make_genome


@pytest.fixture
def decision():
    return make_decision


@pytest.fixture
def root(tmp_path):
    return tmp_path / "champions" / "film"


@pytest.fixture
def promote():
    def run(registry: Registry, text: str):
        child = make_genome(text)
        proof = make_decision(child, registry.head().genome)
        said = {"gap": "gap-1", "proposal": f"proposal {text}", "run_id": "run-1"}
        return registry.promote(child, proof, provenance={**said, **planned(proof)})

    return run


@pytest.fixture
def registry(root, promote):
    """Seed, two promotions, one rollback, one more promotion, a note: all kinds of lines."""
    made = Registry(root, now=step_clock())
    made.init(make_genome("Seed: entscheide \u2013 gut?"))
    promote(made, "Second.")
    promote(made, "Third.")
    made.rollback(reason="live scores fell")
    promote(made, "Fourth.")
    made.note("gap", {"id": "gap-2"})
    return made
