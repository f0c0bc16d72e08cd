"""Files of every schema are read; what is newer is refused; older readers read ours (R26)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from support_gate import planned

from evo.champion import Registry, load_champion
from evo.champion.migrations import SCHEMA_VERSION, STEPS, migrated
from genomes.errors import StoreError

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
SCHEMAS = sorted(int(path.name.partition("-")[2]) for path in FIXTURES.glob("schema-*"))


def test_every_schema_has_a_fixture_and_a_step():
    assert list(range(1, SCHEMA_VERSION + 1)) == SCHEMAS
    assert sorted(STEPS) == list(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_folder_of_each_schema_is_sound_and_goes_on(schema, tmp_path, decision):
    champions = tmp_path / "champions"
    shutil.copytree(FIXTURES / f"schema-{schema}", champions)
    registry = Registry(champions / "film")
    assert registry.verify() == ()
    assert registry.head().schema_version == schema
    host = load_champion("film", champions, ttl=0.0)
    system = "Judge the text." if schema == 3 else "Judge the text. Be clear."
    assert host.messages("film", text="Fine.")[0]["content"] == f"{system}\nThink of the actors."
    assert host.messages("film", text="Fine.")[1:3] == [
        {"role": "user", "content": "Fine \u2013 tr\u00e8s bien.\nGood or bad?"},
        {"role": "assistant", "content": "good"},
    ]
    head = registry.head().genome
    child = head.with_gene(head.gene("task").model_copy(update={"text": "New text."}))
    registry.promote(child, decision(child, head), provenance=planned(decision(child, head)))
    assert "New text." in host.messages("film", text="x")[0]["content"]
    assert registry.rollback(reason="x").schema_version == schema
    assert registry.verify() == ()


def test_the_loader_of_the_release_before_reads_what_is_promoted(registry):
    """Its model as JSON Schema, frozen; it refuses what it does not know."""
    reader = json.loads((FIXTURES / "reader-2.schema.json").read_text())
    for path in (registry.root / "versions").iterdir():
        content = json.loads(path.read_bytes())
        jsonschema.validate({**content, "id": path.stem}, reader)
        assert content["schema_version"] <= 2
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_an_older_form_is_brought_to_the_present_step_by_step():
    steps = {
        0: lambda content: {"genome": content["prompt"], **content},
        **STEPS,
    }
    old = {"schema_version": 0, "prompt": "x"}
    assert migrated(old, steps=steps) == {"schema_version": 0, "prompt": "x", "genome": "x"}
    with pytest.raises(ValueError, match="was never a form"):
        migrated(old)


@pytest.mark.parametrize("where", ["file", "genome"])
def test_a_host_keeps_the_last_good_version_beside_a_newer_one(registry, promote, where):
    host = load_champion("film", registry.root.parent, ttl=0.0)
    good = host.version
    content = json.loads(promote(registry, "Fifth.").stored())
    (content if where == "file" else content["genome"])["schema_version"] = 99
    raw = json.dumps(content).encode()
    name = hashlib.sha256(raw).hexdigest()
    (registry.root / "versions" / f"{name}.json").write_bytes(raw)
    (registry.root / "HEAD").write_text(f"{name}\n")
    assert host.version == good
    assert "schema_version 99" in host.problem
    assert "upgrade evogate" in host.problem
    with pytest.raises(StoreError, match="schema_version 99"):
        load_champion("film", registry.root.parent)


PROGRAM = """
import os, sys
import evo
champion = evo.load_champion("film", sys.argv[1], ttl=0.0)
for _ in sys.stdin:
    print(os.getpid(), champion.version, champion.messages(text="x")[0]["content"], flush=True)
"""


def test_a_running_program_takes_the_next_champion_between_two_calls(registry, promote):
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(registry.root.parent)], text=True,
                          cwd=HERE.parents[2], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as program:  # fmt: skip

        def call() -> str:
            program.stdin.write("call\n")
            program.stdin.flush()
            return program.stdout.readline().strip()

        assert call() == f"{program.pid} {registry.head().id} Fourth."
        new = promote(registry, "Fifth.")
        assert call() == f"{program.pid} {new.id} Fifth."
        registry.rollback(reason="x")
        assert call() == f"{program.pid} {registry.version(4).id} Fourth."
