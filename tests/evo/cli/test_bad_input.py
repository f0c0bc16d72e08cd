"""Each mistake: one clear sentence, where, what to do; the documented exit code; no traceback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from evo.cli.exit_codes import exit_code
from genomes import errors

Cli = Callable[..., object]


def lines(done: object) -> list[str]:
    return [line.strip() for line in done.err.strip().splitlines()]


def edit(file: Path, change: Callable[[dict], None]) -> None:
    content = yaml.safe_load(file.read_text())
    change(content)
    file.write_text(yaml.safe_dump(content))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.IntegrityError("x"), 1),
        (errors.ConfigError("x"), 2),
        (errors.GenomeError("x"), 2),
        (errors.DataError("x"), 2),
        (errors.BudgetError("x"), 2),
        (errors.ModelError("x"), 3),
        (errors.TransientModelError("x"), 3),
        (errors.StoreError("x"), 4),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError(), 70),
    ],
)
def test_the_table_of_exit_codes(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_an_unknown_key(cli: Cli, folder: Path) -> None:
    (folder / "evo.yaml").write_text("name: a\ntask: sentiment\ngate:\n  alpa: 0.1\n")
    done = cli("validate")
    assert done.code == 2
    assert lines(done) == [
        "error: unknown key 'alpa'",
        "evo.yaml:4 gate.alpa",
        "did you mean 'alpha'?",
    ]


def test_no_config_at_all(cli: Cli, folder: Path) -> None:
    done = cli("run")
    assert done.code == 2
    assert lines(done)[0] == "error: there is no evo.yaml"
    assert "evogate init" in lines(done)[-1]


def test_a_suite_with_one_class(cli: Cli, folder: Path) -> None:
    rows = [f"text {i},yes" for i in range(200)]
    (folder / "one.csv").write_text("\n".join(["text,label", *rows]))
    made = cli("init", "--data", "one.csv", "--input", "text", "--target", "label")
    done = cli("validate") if made.code == 0 else made
    assert done.code == 2
    assert "single class, 'yes'" in lines(done)[0]


def test_a_template_that_lacks_a_placeholder(cli: Cli, workspace: Path) -> None:
    def spoil(genome: dict) -> None:
        (template,) = [gene for gene in genome["genes"] if gene["id"] == "template"]
        template["text"] = "What is it?"

    edit(workspace / "genome.yaml", spoil)
    done = cli("validate")
    assert done.code == 2
    assert "lacks {{ text }}" in lines(done)[0]
    assert "place: user" in lines(done)[-1]


def test_a_slot_for_a_gene_that_is_not_there(cli: Cli, workspace: Path) -> None:
    edit(workspace / "genome.yaml", lambda g: g["spec"]["slots"].append({"gene": "instuction"}))
    done = cli("validate")
    assert done.code == 2
    assert lines(done)[-1] == "did you mean 'instruction'?"


def test_a_label_that_the_genome_does_not_know(cli: Cli, workspace: Path) -> None:
    with (workspace / "mail.csv").open("a") as file:
        file.write("\none more mail,eggs")
    done = cli("validate")
    assert done.code == 2
    assert "eggs" in done.err or "not in" in done.err


def test_labels_that_a_first_token_cannot_tell_apart(cli: Cli, folder: Path) -> None:
    rows = [f"text {i},{'spam' if i % 2 else 'spammy'}" for i in range(100)]
    (folder / "x.csv").write_text("\n".join(["text,label", *rows]))
    done = cli("init", "--data", "x.csv", "--input", "text", "--target", "label")
    assert done.code == 2
    assert "'spam' begins label 'spammy'" in lines(done)[0]


def test_a_row_twice(cli: Cli, folder: Path) -> None:
    (folder / "x.csv").write_text("text,label\nsame,a\nother,b\nsame,a\n")
    done = cli("init", "--data", "x.csv", "--input", "text", "--target", "label")
    assert done.code == 2
    assert "lines 2 and 4" in lines(done)[0]


@pytest.mark.parametrize("budget", ["calls", "calls=many", "cals=5"])
def test_a_budget_that_cannot_be_read(cli: Cli, workspace: Path, budget: str) -> None:
    done = cli("run", "--budget", budget)
    assert done.code == 2
    assert done.err.startswith("error: ")


def test_an_unknown_model(cli: Cli, workspace: Path) -> None:
    done = cli("run", "--set", "models.task.name=smolm2-135m")
    assert done.code == 3
    assert "did you mean 'smollm2-135m'?" in done.err


def test_a_model_file_that_is_not_there(cli: Cli, workspace: Path) -> None:
    done = cli("run", "--set", "models.task.path=none.gguf")
    assert done.code == 3
    assert "none.gguf" in lines(done)[0]


def test_a_model_file_with_a_wrong_hash(cli: Cli, folder: Path) -> None:
    from evo.models.catalogue import model_path

    file = model_path("smollm2-135m")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF not really")
    done = cli("models", "verify")
    assert done.code == 3
    assert "SHA-256" in lines(done)[0]
    assert "evogate models pull smollm2-135m" in lines(done)[-1]


def test_nothing_was_run_yet(cli: Cli, workspace: Path) -> None:
    for command in (("runs", "list"), ("pareto",), ("genome", "show", "abc")):
        done = cli(*command)
        assert done.code == 2
        assert "nothing was run here yet" in done.err
    assert not (workspace / "runs").exists(), "looking must not make a store"


def test_no_champion_yet(cli: Cli, workspace: Path) -> None:
    for command in (("champion", "show"), ("export",), ("champion", "rollback")):
        done = cli(*command)
        assert done.code == 2
        assert "there is no champion yet" in done.err
    assert not (workspace / "champions").exists()


def test_a_store_that_is_none(cli: Cli, workspace: Path) -> None:
    (workspace / "runs").mkdir()
    (workspace / "runs" / "evo.db").write_text("this is no database, whatever its name says" * 99)
    assert cli("runs", "list").code == 4


@pytest.mark.parametrize("arguments", [("runn",), ("run", "--sed", "3"), ("run", "--seed", "x")])
def test_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).code == 2


def test_a_traceback_only_when_asked_for(cli: Cli, folder: Path) -> None:
    assert "Traceback" not in cli("validate").err
    assert "Traceback" in cli("validate", "--debug").err
    assert "Traceback" in cli("--debug", "validate").err


def test_settings_of_a_file_never_override(
    cli: Cli, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "other").mkdir()
    (workspace / ".env").write_text("EVOGATE_WORKSPACE=other\n")
    monkeypatch.setenv("EVOGATE_WORKSPACE", "mine")
    done = cli("runs", "list")
    assert "mine/runs/evo.db" in done.err
    monkeypatch.delenv("EVOGATE_WORKSPACE")
    done = cli("runs", "list")
    monkeypatch.delenv("EVOGATE_WORKSPACE", raising=False)
    assert "other/runs/evo.db" in done.err


def test_an_interrupt_is_exit_code_130(folder: Path) -> None:
    # A benchmark that waits stands for any command at work.
    script = (
        "import sys, time, evo.plugins\n"
        "def wait(**_):\n    print('at work', flush=True)\n    time.sleep(60)\n"
        "evo.plugins.load_plugin = lambda group, name: wait\n"
        "sys.argv = ['evogate', 'bench', 'wait']\n"
        "from evo.cli.main import main\nmain()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    os.kill(process.pid, signal.SIGINT)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err
