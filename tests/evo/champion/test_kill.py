"""kill -9 at random points of a process that changes the champion, while a host reads (R6)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from evo.champion import Registry, Version, load_champion

ROOT = Path(__file__).parents[3]
PROMOTER = str(Path(__file__).with_name("promoter.py"))
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("kills", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_a_host_reads_whole_versions_through_kills(root, genome, kills):
    Registry(root).init(genome("1 seed"))
    rng = np.random.default_rng(7)
    seen: set[str] = set()
    promoter = subprocess.Popen(
        [sys.executable, PROMOTER, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENV,
        start_new_session=True,
    )
    try:
        for _ in range(kills):
            promoter.stdin.write("go\n")
            promoter.stdin.flush()
            child = int(promoter.stdout.readline())
            before, until = lines(root), None
            give_up = time.monotonic() + 120.0  # only if the promoter itself fails
            while until is None or time.monotonic() < until:
                seen.add(read(root))
                assert time.monotonic() < give_up, "the promoter does nothing"
                if until is None and lines(root) != before:
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
    assert len(registry.history()) > kills
    registry.note("gap", {"id": "after the kills"})
    assert registry.verify() == ()
    # What a host has seen in force is in the journal: nothing was lost.
    journal = {entry.payload.get("version") for entry in registry.history()}
    assert seen <= journal


def test_writers_in_several_processes_lose_nothing(root, genome):
    Registry(root).init(genome("1 seed"))
    writers = [
        subprocess.Popen([sys.executable, PROMOTER, str(root), name, "12"], env=ENV)
        for name in "abcd"
    ]
    assert [one.wait(timeout=120) for one in writers] == [0] * 4
    registry = Registry(root)
    entries = registry.history()
    noted = [entry.payload["id"] for entry in entries if entry.kind == "gap"]
    assert sorted(noted) == sorted(f"{name}-{i}" for name in "abcd" for i in range(12))
    promoted = [entry.payload["number"] for entry in entries if entry.kind == "promote"]
    assert promoted == list(range(2, 50))
    assert registry.verify() == ()


def lines(root: Path) -> int:
    return (root / "journal.jsonl").stat().st_size


def read(root: Path) -> str:
    champion = load_champion(root.name, root.parent, ttl=60.0)
    version = Version.load(root / "versions" / f"{champion.version}.json")
    system = champion.messages(text="x")[0]["content"]
    assert system == version.genome.gene("instruction").text
    return version.id
