import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from support_gate import decided, planned

from evo.build_task import build_task
from evo.champion import Registry
from evo.config import load_config

Cli = Callable[..., object]


@pytest.fixture
def promoted(workspace: Path) -> Registry:
    """A champion of two versions."""
    seed = build_task(load_config(workspace)).seed
    registry = Registry(workspace / "champions" / "mail")
    registry.init(seed)
    gene = seed.gene("instruction").model_copy(update={"text": "Spam or ham? {{ labels }}"})
    better = seed.with_gene(gene)
    decision = {**decided(better, seed), "reason": "won 30, lost 5"}
    registry.promote(better, decision, provenance={"run": "r1", **planned(decision)})
    return registry


def test_show_names_version_and_decision(cli: Cli, promoted: Registry) -> None:
    done = cli("champion", "show")
    assert done.code == 0
    assert "# mail, version 2 (promoted)" in done.out
    assert "# PROMOTE: won 30, lost 5" in done.out
    assert "Spam or ham?" in done.out


def test_show_an_earlier_version_as_json(cli: Cli, promoted: Registry) -> None:
    done = cli("champion", "show", "--version", "1", "--json")
    assert json.loads(done.out)["kind"] == "seed"


def test_history_shows_both_versions(cli: Cli, promoted: Registry) -> None:
    done = cli("champion", "history", "--json")
    assert [entry["kind"] for entry in json.loads(done.out)] == ["init", "promote"]
    assert "won 30, lost 5" in cli("champion", "history").out


def test_rollback_restores_the_very_genome(cli: Cli, promoted: Registry) -> None:
    first, second = promoted.version(1), promoted.version(2)
    dry = cli("champion", "rollback", "--dry-run")
    assert "version 2 -> version 1" in dry.out
    assert "~ instruction.text" in dry.out
    assert promoted.head() == second
    done = cli("champion", "rollback", "--reason", "complaints")
    assert done.code == 0
    assert promoted.head() == first
    assert "complaints" in cli("champion", "history").out


def test_nothing_to_go_back_to_is_a_no(cli: Cli, promoted: Registry) -> None:
    assert cli("champion", "rollback", "1").code == 0
    done = cli("champion", "rollback")
    assert done.code == 1
    assert done.err.startswith("error: ")


def test_an_unknown_version_is_a_usage_error(cli: Cli, promoted: Registry) -> None:
    assert cli("champion", "rollback", "7").code == 2


def test_verify_finds_a_changed_byte(cli: Cli, promoted: Registry) -> None:
    assert cli("champion", "verify").code == 0
    path = promoted.root / "versions" / f"{promoted.head().id}.json"
    path.write_text(path.read_text().replace("Spam", "Scam"))
    done = cli("champion", "verify", "--json")
    assert done.code == 1
    assert json.loads(done.out)["sound"] is False
    assert cli("champion", "show").code == 1


def test_doctor_reports_a_damaged_champion(cli: Cli, promoted: Registry) -> None:
    assert cli("doctor").code == 0
    (promoted.root / "HEAD").write_text("0" * 64 + "\n")
    done = cli("doctor", "--json")
    states = {one["what"]: one["state"] for one in json.loads(done.out)}
    assert done.code == 1
    assert states["champion mail"] == "problem"


def test_genomes_by_word_and_by_id(cli: Cli, promoted: Registry, workspace: Path) -> None:
    from evo.storage import Store

    seed = promoted.version(1).genome
    with Store(workspace / "runs" / "evo.db") as store:
        store.put_genome(seed)
    assert seed.id in cli("genome", "show", seed.id[:8]).out
    done = cli("genome", "diff", seed.id[:8], "champion")
    assert done.out.startswith("~ instruction.text")
    assert cli("genome", "diff", "champion", "champion").out == "no difference\n"
    assert cli("genome", "show", "zz").code == 2


def test_several_champions_need_a_name(cli: Cli, promoted: Registry, workspace: Path) -> None:
    Registry(workspace / "champions" / "other").init(promoted.version(1).genome)
    (workspace / "evo.yaml").unlink()
    done = cli("champion", "show")
    assert done.code == 2
    assert "mail, other" in done.err
    assert cli("champion", "show", "--name", "other").code == 0


def test_export_to_a_file_and_check_it(cli: Cli, promoted: Registry, workspace: Path) -> None:
    assert cli("export", "--to", "markdown", "-o", "champion.md").code == 0
    assert "won 30, lost 5" in (workspace / "champion.md").read_text()
    again = ("export", "--to", "markdown", "-o", "champion.md", "--check")
    assert cli(*again).code == 0
    cli("champion", "rollback")
    text = (workspace / "champion.md").read_text()
    done = cli(*again)
    assert done.code == 1
    assert "-Spam or ham? ham or spam" in done.err
    assert "+Answer with one of these: ham or spam." in done.err
    assert done.out == ""
    assert (workspace / "champion.md").read_text() == text


def test_an_exported_genome_is_a_seed_for_the_next_run(
    cli: Cli, promoted: Registry, workspace: Path
) -> None:
    done = cli("export", "-o", "genome.yaml")
    assert done.code == 0
    assert build_task(load_config(workspace)).seed == promoted.head().genome


def test_foreign_forms_take_model_and_search_examples_from_the_workspace(
    cli: Cli, promoted: Registry, workspace: Path
) -> None:
    done = cli("export", "--to", "openai")
    assert json.loads(done.out)["model"] == "smollm2-135m"
    assert "log-probabilities" not in done.err
    done = cli("export", "--to", "promptfoo", "--model", "openai/gpt-4o-mini")
    assert done.code == 0, done.err
    assert "read from the text" in done.err
    content = yaml.safe_load(done.out)
    search = {example.id for suite in build_task(load_config(workspace)).of("search")
              for example in suite}  # fmt: skip
    assert content["tests"]
    assert {test["description"] for test in content["tests"]} <= search


def test_an_unknown_format_is_a_usage_error(cli: Cli, promoted: Registry) -> None:
    done = cli("export", "--to", "yml")
    assert done.code == 2
    assert "did you mean 'yaml'?" in done.err
