import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from evo.build_task import build_task
from evo.config import load_config

Cli = Callable[..., object]


def test_own_data_gives_a_workspace_that_validates(cli: Cli, workspace: Path) -> None:
    done = cli("validate")
    assert (done.code, done.err) == (0, "")
    assert "mail/gate" in done.out
    assert "finds a gain of" in done.out


def test_sizes_in_the_config_fit_the_data(cli: Cli, workspace: Path) -> None:
    config = load_config(workspace)
    sizes = {suite.role: len(suite) for suite in build_task(config).suites}
    assert sum(sizes.values()) == 300
    assert config.gate.n == sizes["gate"]
    assert config.search.blocks[-1] + config.search.reserve == sizes["search"]
    assert list(config.search.blocks) == sorted(set(config.search.blocks))


def test_the_seed_genome_reads_the_labels_from_the_file(cli: Cli, workspace: Path) -> None:
    task = build_task(load_config(workspace))
    domain = task.seed.domain("mail")
    assert domain.labels == ("ham", "spam")
    assert {gene.id for gene in task.seed.genes} >= {"instruction", "template", "offset.spam"}
    assert "offset.ham" not in {gene.id for gene in task.seed.genes}


def test_only_search_examples_can_become_demonstrations(cli: Cli, workspace: Path) -> None:
    task = build_task(load_config(workspace))
    pool = {demo.example_id for demo in task.spec.pool(())}
    assert pool == {example.id for suite in task.of("search") for example in suite}


def test_a_slot_that_is_removed_freezes_its_gene(cli: Cli, workspace: Path) -> None:
    file = workspace / "genome.yaml"
    content = yaml.safe_load(file.read_text())
    content["spec"]["slots"] = [s for s in content["spec"]["slots"] if s["gene"] != "demos"]
    file.write_text(yaml.safe_dump(content))
    spec = build_task(load_config(workspace)).spec
    assert spec.slot("demos") is None
    assert spec.slot("instruction") is not None


def test_the_first_line_names_a_schema_that_is_there(cli: Cli, workspace: Path) -> None:
    first = (workspace / "evo.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=./evo.schema.json"
    schema = json.loads((workspace / "evo.schema.json").read_text())
    assert schema["additionalProperties"] is False


def test_a_workspace_elsewhere_finds_its_data(cli: Cli, rows: Path, folder: Path) -> None:
    made = cli("init", "a/b", "--data", "mail.csv", "--input", "text", "--target", "folder")
    assert "cd a/b" in made.out
    assert cli("validate", "a/b").code == 0


def test_files_are_replaced_only_by_force(cli: Cli, workspace: Path) -> None:
    again = ("init", "--data", "mail.csv", "--input", "text", "--target", "folder")
    (workspace / "evo.yaml").write_text("mine")
    done = cli(*again)
    assert done.code == 2
    assert "evo.yaml" in done.err
    assert "--force" in done.err
    assert (workspace / "evo.yaml").read_text() == "mine"
    assert cli(*again, "--force").code == 0


def test_columns_with_spaces_become_placeholders(cli: Cli, folder: Path) -> None:
    lines = [f"text {i},{'a' if i % 2 else 'b'}" for i in range(200)]
    (folder / "x.csv").write_text("\n".join(["Review text,1st label", *lines]))
    done = cli("init", "--data", "x.csv", "--input", "Review text", "--target", "1st label")
    assert done.code == 0, done.err
    assert "{{ Review_text }}" in (folder / "genome.yaml").read_text()
    assert cli("validate").code == 0


def test_jsonl_and_free_text(cli: Cli, folder: Path) -> None:
    lines = [json.dumps({"q": f"what is {i} + {i}?", "a": str(2 * i)}) for i in range(200)]
    (folder / "sums.jsonl").write_text("\n".join(lines))
    refused = cli("init", "--data", "sums.jsonl", "--input", "q", "--target", "a")
    assert refused.code == 2
    assert "200 different values" in refused.err
    assert "free text" in refused.err
    made = cli("init", "--data", "sums.jsonl", "--input", "q", "--target", "a", "--free-text")
    assert made.code == 0, made.err
    task = build_task(load_config(folder))
    assert task.seed.domains[0].labels == ()
    assert {suite.scorer for suite in task.suites} == {"normalised"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "mail.csv"), "--input COL"),
        (("--data", "none.csv", "--input", "a", "--target", "b"), "no file"),
        (("--data", "mail.csv", "--input", "txt", "--target", "folder"), "did you mean 'text'?"),
        (("--example", "sentimant"), "did you mean 'sentiment'?"),
    ],
)
def test_what_cannot_be_made_says_why(cli: Cli, rows: Path, arguments: str, said: str) -> None:
    done = cli("init", *arguments)
    assert done.code == 2
    assert said in done.err
    assert not (rows.parent / "evo.yaml").exists()
