"""A host always has a complete champion, and gets the next one without a restart (R6, R25)."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from evo.champion import Champion, Registry, load_champion
from genomes import Domain, FragmentGene, Genome
from genomes.errors import ConfigError, GenomeError, IntegrityError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def champions(registry):
    return registry.root.parent


def test_messages_of_the_champion(champions):
    champion = load_champion("film", champions)
    assert champion.messages("film", text="Great {{ text }}!") == [
        {"role": "system", "content": "Fourth."},
        {"role": "user", "content": "Great {{ text }}!"},
    ]
    assert champion.messages(text="x") == champion.messages("film", text="x")
    assert champion.problem is None


def test_version_and_uri_name_what_is_in_force(champions, registry):
    champion = load_champion("film", champions)
    assert champion.version == registry.head().id
    assert champion.uri == f"evogate:film@{registry.head().id[:12]}"


def test_a_promotion_takes_effect_without_a_restart(champions, registry, promote):
    now = [100.0]
    champion = Champion("film", registry.root, ttl=5.0, clock=lambda: now[0])
    before = champion.version
    new = promote(registry, "Fifth.")
    now[0] = 104.9
    assert champion.version == before
    now[0] = 105.0
    assert champion.version == new.id
    assert champion.messages(text="x")[0]["content"] == "Fifth."
    registry.rollback(reason="x")
    now[0] = 110.0
    assert champion.version == before
    assert champion.messages(text="x")[0]["content"] == "Fourth."


def test_the_last_good_version_stays_when_the_folder_breaks(champions, registry, promote, caplog):
    champion = load_champion("film", champions, ttl=0.0)
    before = champion.version
    new = promote(registry, "Fifth.")
    path = registry.root / "versions" / f"{new.id}.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with caplog.at_level(logging.WARNING):
        assert champion.version == before
        assert champion.messages(text="x")[0]["content"] == "Fourth."
    assert "was changed" in str(champion.problem)
    assert caplog.text.count("stays at") == 1
    path.write_bytes(whole)
    assert champion.version == new.id
    assert champion.problem is None


@pytest.mark.parametrize("head", ["", "half-a-hash", "../../etc/passwd"])
def test_a_broken_head_is_refused_or_replaced_by_the_fallback(champions, registry, head, genome):
    (registry.root / "HEAD").write_text(head)
    with pytest.raises(IntegrityError, match="HEAD names no version"):
        load_champion("film", champions)
    champion = load_champion("film", champions, fallback=genome("Plain."), ttl=0.0)
    assert champion.genome == genome("Plain.")
    assert champion.uri == f"evogate:film@fallback-{genome('Plain.').id[:12]}"
    registry.rollback(4, reason="HEAD was edited")
    assert champion.version == registry.head().id


def test_an_unknown_champion_names_the_known_ones(champions):
    with pytest.raises(ConfigError, match="no champion 'flim'") as caught:
        load_champion("flim", champions)
    assert caught.value.remedy == "known: film"
    with pytest.raises(ConfigError, match="no agent's name"):
        load_champion("../film", champions)


def test_missing_inputs_and_domains_are_named(champions, tmp_path):
    champion = load_champion("film", champions)
    with pytest.raises(GenomeError, match="text"):
        champion.messages("film")
    with pytest.raises(GenomeError, match="unknown domain"):
        champion.messages("book", text="x")
    two = Genome(
        domains=(Domain(name="a", inputs=("domain",)), Domain(name="b", inputs=("domain",))),
        genes=(FragmentGene(id="template", text="{{ domain }}", place="user"),),
    )
    Registry(tmp_path / "two").init(two)
    champion = load_champion("two", tmp_path)
    assert champion.messages("a", domain="x")[0]["content"] == "x"
    with pytest.raises(ConfigError, match="which domain") as caught:
        champion.messages(domain="x")
    assert caught.value.remedy == "name one of: a, b"


def test_a_host_needs_no_store_no_model_and_no_search(champions):
    script = (
        "import sys; from evo.champion import load_champion\n"
        "print(load_champion('film', sys.argv[1]).messages(text='x')[0]['content'])\n"
        "heavy = {'sqlite3', 'dspy', 'litellm', 'numpy', 'matplotlib', 'deap'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(champions)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ended.stdout.splitlines() == ["Fourth.", "[]"]


def test_a_folder_that_cannot_be_written_can_be_read(champions, registry):
    for path in (registry.root, registry.root / "versions"):
        path.chmod(0o555)
    try:
        assert load_champion("film", champions).version == registry.head().id
        assert Registry(registry.root).verify() == ()
    finally:
        for path in (registry.root, registry.root / "versions"):
            path.chmod(0o755)
