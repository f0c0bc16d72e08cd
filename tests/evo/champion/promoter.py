"""Changes a champion for ever in a forked child; one child for each line of standard input.

So the start of Python is paid once, and each child can be killed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from conftest import make_decision, make_genome
from support_gate import planned

from evo.champion import Registry
from genomes.errors import IntegrityError


def change_for_ever(root: str) -> None:
    registry = Registry(root)
    rng = np.random.default_rng(os.getpid())
    while True:
        kind = rng.choice(["promote"] * 5 + ["rollback", "revert", "note", "approve", "reject"])
        try:
            change(registry, str(kind))
        except IntegrityError as error:
            # What the champion allows depends on where the kills fell.
            if "taken out" not in error.what and "nothing" not in error.what:
                raise


def change(registry: Registry, kind: str) -> None:
    head = registry.head()
    child = make_genome(f"{len(registry.history())} " + "long enough for several pages. " * 400)
    proof = make_decision(child, head.genome)
    provenance = {"why": "again " * 1500, "trail": ["pair"] * 2000, **planned(proof)}
    if kind == "promote":
        registry.promote(child, proof, provenance=provenance)
    elif kind == "rollback":
        registry.rollback(reason="now and then")
    elif kind == "revert":
        registry.revert(head.number, reason="now and then")
    elif kind == "note":
        registry.note("gap", {"id": "gap " * 2000})
    else:
        waiting = registry.approvals.submit(child, proof, provenance=provenance)
        if kind == "approve":
            registry.approve(waiting.attempt, reason="read")
        else:
            registry.approvals.reject(waiting.attempt, "read")


def work(root: str, name: str, number: int) -> None:
    """So many notes and promotions by one of several writers at once."""
    registry = Registry(root)
    for index in range(number):
        registry.note("gap", {"id": f"{name}-{index}"})
        while True:
            head = registry.head()
            child = make_genome(f"{name} {index}")
            try:
                proof = make_decision(child, head.genome)
                registry.promote(child, proof, provenance=planned(proof))
            except IntegrityError:
                continue  # another writer was first: decided against an older champion
            break


if __name__ == "__main__":
    if len(sys.argv) > 2:
        work(sys.argv[1], sys.argv[2], int(sys.argv[3]))
        sys.exit()
    make_decision(make_genome("once"), make_genome("here"))  # loads what each child would load
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            change_for_ever(sys.argv[1])
        print(child, flush=True)  # noqa: T201
        os.waitpid(child, 0)
        print("dead", flush=True)  # noqa: T201
