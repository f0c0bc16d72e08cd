import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from html_page import EVIL
from support import RuleAgent, taste_config, taste_reply, taste_task

from evo.run import run
from evo.storage import Store
from genomes import FragmentGene


@pytest.fixture(scope="session")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of a run that was promoted."""
    folder = tmp_path_factory.mktemp("ended")
    run(taste_config(folder), task=taste_task(), agent=RuleAgent(taste_reply))
    return folder


@pytest.fixture
def ended_store(ended: Path) -> Iterator[Store]:
    with Store(ended / "runs" / "evo.db") as store:
        yield store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs" / "evo.db") as opened:
        yield opened


@pytest.fixture
def evil(store: Store) -> Store:
    """A finished run in which everything that a model or a user may write is hostile."""
    seed = taste_task().seed
    champion = seed.model_copy(
        update={"genes": (FragmentGene(id="role", text=EVIL), *seed.genes[1:])}
    )
    store.start_run("20260101-a", EVIL, json.dumps({"name": EVIL}), 1)
    for genome in (seed, champion):
        store.put_genome(genome)
        store.put_score(
            "20260101-a",
            genome.id,
            {
                "quality": 0.6 if genome is seed else 0.7,
                "quality_se": 0.03,
                "cost": 50.0,
                "length": 40,
                "calls": 10,
                "operator": "seed" if genome is seed else EVIL,
                "is_seed": genome is seed,
                "is_champion": genome is champion,
                "parents": [],
                "final": True,
            },
        )
    store.put_proposal(
        "20260101-a",
        {"genome_id": champion.id, "operator": EVIL, "gap": EVIL, "hypothesis": EVIL,
         "expected": 0.1, "kept": True, "n": 40,
         "gain": {"over": seed.id, "n": 40, "mean": 0.1, "low": 0.02, "high": 0.2}},
    )  # fmt: skip
    store.add_event(
        "20260101-a",
        "gaps",
        {"gaps": [{"id": EVIL, "after": None, "before": {
            "kind": "failing", "domain": EVIL, "slice": EVIL, "n": 20, "failures": 8,
            "low": 0.2, "high": 0.6}}]},
    )  # fmt: skip
    store.reserve_call("20260101-a", EVIL, EVIL, 5, 0.0)
    arm = {"name": EVIL, "genome_id": seed.id, "n": 9, "score": 0.5, "low": 0.3, "high": 0.7,
           "difference": None, "difference_low": None, "difference_high": None, "calls": None,
           "tokens": None, "seconds": None, "scores": []}  # fmt: skip
    store.finish_run(
        "20260101-a",
        "done",
        {
            "reason": EVIL,
            "arms": [arm],
            "champion": {"genome_id": champion.id, "version": 2},
            "written": {
                EVIL: {"counts": {"ok": 1, "refusal": 2}, "calls": 3, "reasons": {"refusal": EVIL}}
            },
        },
    )
    return store
