"""Where a genome comes from, over runs, fitted readings, limits and added domains (R42)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support_gate import decided, planned

from evo.champion import Registry
from evo.storage import Store
from genomes import DecisionGene, Domain, FragmentGene, Genome

Cli = Callable[..., object]


def genome(text: str, offset: float = 0.0, domains: tuple[str, ...] = ("mail",)) -> Genome:
    return Genome(
        domains=tuple(Domain(name=n, inputs=("text",), labels=("a", "b")) for n in domains),
        genes=(
            FragmentGene(id="role", text=text),
            FragmentGene(id="user", place="user", text="{{ text }}"),
            DecisionGene(id="shift", parameter="offset", label="b", value=offset),
        ),
    )


SEED, CHILD, REFITTED, OTHER = genome("s"), genome("c"), genome("c", 0.5), genome("o")
BEST, PROMOTED = genome("best"), genome("best, but limited | here")
GROWN = genome("best, but limited | here", domains=("mail", "news"))


def born(child: Genome, operator: str, *parents: Genome, **more) -> dict:
    return {
        "genome_id": child.id, "parents": [p.id for p in parents], "operator": operator,
        "gap": None, "hypothesis": None, "key": f"call {child.id}", **more,
    }  # fmt: skip


@pytest.fixture
def family(folder: Path) -> Path:
    """Seed -> child (refitted in a second run) -> best of two parents -> limited -> extended."""
    with Store(folder / "runs" / "evo.db") as store:
        for one in (SEED, CHILD, REFITTED, OTHER, BEST, PROMOTED, GROWN):
            store.put_genome(one)
        for run in ("r1", "r2"):
            store.start_run(run, "mail", "{}", 1)
        store.put_proposal("r1", born(CHILD, "swap", SEED))
        store.put_proposal("r1", born(OTHER, "restart"))
        store.put_score("r1", REFITTED.id, {"quality": 0.7, "key": f"call {CHILD.id}"})
        record = born(BEST, "cross", REFITTED, OTHER, gap="g1", hypothesis="both help")
        store.put_proposal("r2", record)
    registry = Registry(folder / "champions" / "mail")
    registry.init(SEED)
    decision = decided(PROMOTED, SEED)
    registry.promote(
        PROMOTED, decision, provenance={"run": "r2", "proposal": record, **planned(decision)}
    )
    registry.extend(GROWN, ("news",), reason="new: news")
    return folder


def lineage(cli: Cli, *arguments: str) -> list[dict]:
    done = cli("genome", "lineage", *arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_line_of_the_champion_goes_back_to_the_seed(cli: Cli, family: Path) -> None:
    found = lineage(cli, "champion")
    assert [(one["step"], one["genome_id"]) for one in found] == [
        (0, GROWN.id), (1, PROMOTED.id), (2, BEST.id), (3, REFITTED.id), (3, OTHER.id),
        (4, SEED.id),
    ]  # fmt: skip
    assert [one["operator"] for one in found] == [
        "domains added", "limited to its domain", "cross", "swap", "restart", "seed",
    ]  # fmt: skip
    assert [one["version"] for one in found] == [3, 2, None, None, None, 1]
    assert (found[2]["gap"], found[2]["hypothesis"], found[2]["run"]) == ("g1", "both help", "r2")
    assert found[3]["quality"] == 0.7


def test_any_genome_has_a_lineage_and_none_is_made_up(cli: Cli, family: Path) -> None:
    assert [one["genome_id"] for one in lineage(cli, CHILD.id[:10])] == [CHILD.id, SEED.id]
    with Store(family / "runs" / "evo.db") as store:
        store.put_genome(genome("found on the street"))
    (found,) = lineage(cli, genome("found on the street").id)
    assert found["operator"] is None


def test_a_circle_ends(cli: Cli, family: Path) -> None:
    with Store(family / "runs" / "evo.db") as store:
        store.put_proposal("r2", born(genome("x"), "back", genome("y")))
        store.put_proposal("r2", born(genome("y"), "forth", genome("x")))
        store.put_genome(genome("x"))
    assert [one["step"] for one in lineage(cli, genome("x").id)] == [0, 1]


def test_as_table_and_markdown(cli: Cli, family: Path) -> None:
    assert "limited to its domain" in cli("genome", "lineage", "champion").out
    markdown = cli("genome", "lineage", "champion", "--format", "md").out.splitlines()
    assert len(markdown) == 2 + 6
    assert len({line.replace("\\|", "").count("|") for line in markdown}) == 1


def test_diff_and_show_in_markdown(cli: Cli, family: Path) -> None:
    done = cli("genome", "diff", SEED.id, PROMOTED.id, "--format", "md")
    assert "| ~ | role | text | s | best, but limited \\| here |" in done.out
    assert "**system**" in cli("genome", "show", "champion", "--format", "md").out
    assert cli("genome", "show", "champion", "--format", "xml").code == 2


def test_a_mistyped_name_gets_a_hint(cli: Cli, family: Path) -> None:
    done = cli("genome", "lineage", "champion", "--name", "mial")
    assert done.code == 2
    assert "did you mean 'mail'?" in done.err
    assert "did you mean 'mail'?" in cli("export", "--name", "mial").err
