from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from evo.build_task import build_task
from evo.config import load_config
from genomes import from_yaml, render

Cli = Callable[..., object]


def test_an_imported_prompt_is_a_seed_for_the_workspace(cli: Cli, workspace: Path) -> None:
    (workspace / "old.md").write_text("# Task\nSort the mail.\n\n# Mail\n{{ text }}\n")
    done = cli("import", "old.md", "-o", "seed.yaml")
    assert done.code == 0, done.err
    config = workspace / "evo.yaml"
    config.write_text(config.read_text() + "\ngenome: seed.yaml\n")
    seed = build_task(load_config(workspace)).seed
    assert seed.domains[0].labels == ("ham", "spam")
    assert [turn.text for turn in render(seed, "mail").turns] == [
        "# Task\nSort the mail.", "# Mail\n{{ text }}",
    ]  # fmt: skip
    assert any(gene.id == "offset.spam" for gene in seed.genes)


def test_without_a_workspace_the_options_say_what_the_prompt_does_not(
    cli: Cli, folder: Path
) -> None:
    (folder / "p.txt").write_text("Which? {body}\n")
    done = cli("import", "p.txt", "--as", "mail", "--label", "spam", "--label", "ham")
    assert "--format-string" in done.err
    genome = from_yaml(_genome_part(folder / "mail.yaml"))
    assert genome.domain("mail").labels == ("spam", "ham")
    assert genome.domain("mail").inputs == ("text",)
    done = cli("import", "p.txt", "--as", "mail", "--format-string", "--force")
    assert done.code == 0
    assert from_yaml(_genome_part(folder / "mail.yaml")).domain("mail").inputs == ("body",)


def _genome_part(path: Path) -> str:
    return path.read_text().split("\nspec:")[0]


def test_nothing_is_overwritten_unasked(cli: Cli, folder: Path) -> None:
    (folder / "p.txt").write_text("Hi {{ text }}")
    (folder / "p.yaml").write_text("mine")
    done = cli("import", "p.txt")
    assert done.code == 2
    assert (folder / "p.yaml").read_text() == "mine"
    assert cli("import", "p.txt", "--force").code == 0
    text = (folder / "p.yaml").read_text()
    assert cli("import", "p.yaml", "--force").code == 2
    assert (folder / "p.yaml").read_text() == text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("p.txt", "--from", "markdwn"), "did you mean 'markdown'?"),
        (("none.txt",), "there is no file none.txt"),
        (("bad.txt",), "no UTF-8 text"),
        (("p.txt", "--input", "body"), "{{ text }}"),
    ],
)
def test_bad_input(cli: Cli, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    (folder / "p.txt").write_text("Hi {{ text }}")
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    done = cli("import", *arguments)
    assert done.code == 2
    assert said in done.err
    assert not list(folder.glob("*.yaml"))


def test_what_may_vary_survives_an_import(cli: Cli, folder: Path) -> None:
    (folder / "p.txt").write_text("Sort it.\n\n{{ text }}\n")
    assert cli("import", "p.txt", "--as", "mail").code == 0
    wanted = yaml.safe_load((folder / "mail.yaml").read_text())["spec"]
    assert cli("import", "mail.yaml", "--as", "post").code == 0
    written = yaml.safe_load((folder / "post.yaml").read_text())
    assert written["spec"] == wanted
    assert from_yaml(_genome_part(folder / "post.yaml")) == from_yaml(
        _genome_part(folder / "mail.yaml")
    )


def test_examples_are_not_taken_for_a_prompt(cli: Cli, folder: Path) -> None:
    (folder / "mail.csv").write_text("text,label\nhello,ham\n")
    done = cli("import", "mail.csv")
    assert done.code == 2
    assert "looks like examples, not like a prompt" in done.err
    assert "evogate init --data" in done.err
    assert not (folder / "mail.yaml").exists()
    assert cli("import", "mail.csv", "--from", "text").code == 0
