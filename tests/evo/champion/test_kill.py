"""kill -9 at random points of a promoting process, while a host reads (R6)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from evo.champion import Registry, Version, load_champion

ROOT = Path(__file__).parents[3]
KILLS = 30

# Forks a child for each kill, so that the start of Python is paid once.
PROMOTER = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import make_decision, make_genome
from evo.champion import Registry

def promote_for_ever():
    registry = Registry(sys.argv[1])
    while True:
        head = registry.head()
        child = make_genome(f"{len(registry.history())} " + "long enough for several pages. " * 400)
        proof = make_decision(child, head.genome) | {"trail": ["pair"] * 2000}
        registry.promote(child, proof, provenance={"why": "again " * 1500})
        if head.number % 3 == 0:
            registry.rollback(reason="now and then")

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        promote_for_ever()
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def test_a_host_reads_whole_versions_through_kills(root, genome):
    Registry(root).init(genome("1 seed"))
    rng = np.random.default_rng(7)
    seen: set[str] = set()
    promoter = subprocess.Popen(
        [sys.executable, "-c", PROMOTER, str(root), str(Path(__file__).parent)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    try:
        for _ in range(KILLS):
            promoter.stdin.write("go\n")
            promoter.stdin.flush()
            child = int(promoter.stdout.readline())
            before = until = None
            give_up = time.monotonic() + 120.0  # only if the promoter itself fails
            while until is None or time.monotonic() < until:
                seen.add(now := read(root))
                before = before or now
                assert time.monotonic() < give_up, "the promoter does not promote"
                if until is None and now != before:
                    until = time.monotonic() + float(rng.uniform(0.0, 0.03))
            os.kill(child, signal.SIGKILL)
            assert promoter.stdout.readline() == "dead\n"
            seen.add(read(root))
    finally:
        os.killpg(promoter.pid, signal.SIGKILL)
        promoter.wait()
        promoter.stdin.close()
        promoter.stdout.close()
    registry = Registry(root)
    assert len(registry.history()) > KILLS
    registry.note("gap", {"id": "after the kills"})
    assert registry.verify() == ()
    # What a host has seen in force is in the journal: nothing was lost.
    journal = {entry.payload.get("version") for entry in registry.history()}
    assert seen <= journal


def read(root: Path) -> str:
    champion = load_champion(root.name, root.parent, ttl=60.0)
    version = Version.load(root / "versions" / f"{champion.version}.json")
    system = champion.messages(text="x")[0]["content"]
    assert system == version.genome.gene("instruction").text
    return version.id
