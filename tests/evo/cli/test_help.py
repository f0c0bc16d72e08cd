import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from evo.cli.app import build_app

GOLDEN = Path(__file__).with_name("help.txt")
HEAVY = ("dspy", "litellm", "matplotlib", "scipy", "numpy", "deap", "sqlite_utils", "yaml")


def commands(command: object = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    command = command or get_command(build_app())
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


@lru_cache
def help_of(path: tuple[str, ...]) -> str:
    """The words of a command's help; boxes and line ends belong to the terminal."""
    done = CliRunner().invoke(
        build_app(),
        [*path, "--help"],
        prog_name="evogate",
        env={"COLUMNS": "300", "TERMINAL_WIDTH": "300", "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert done.exit_code == 0, done.output
    words = (re.sub(r"[─╭╮╰╯│]+", " ", line) for line in done.output.splitlines())
    lines = (re.sub(r"\s+", " ", line).strip() for line in words)
    return "\n".join(line for line in lines if line)


PATHS = list(commands())


def test_help_is_as_published() -> None:
    found = "\n\n".join(f"## evogate {' '.join(path)}\n{help_of(path)}" for path in PATHS) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(found)
    assert GOLDEN.read_text() == found, "rewrite with UPDATE_GOLDEN=1"


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_has_help_and_every_leaf_an_example(path: tuple[str, ...]) -> None:
    command = get_command(build_app())
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert command.help
    if not hasattr(command, "commands"):
        assert f"$ evogate {' '.join(path)}" in str(command.epilog)
        assert all(parameter.help for parameter in command.params if parameter.name != "help")


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_example_names_real_commands_and_options(path: tuple[str, ...]) -> None:
    text = help_of(path)
    for line in re.findall(r"^\$ evogate (.*)$", text, re.MULTILINE):
        words = line.split()
        named = max((p for p in PATHS if words[: len(p)] == list(p)), key=len)
        assert named, f"no such command: {line}"
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", f" {line}"):
            assert option in help_of(named), f"{option} in {line}"


def test_read_commands_have_json() -> None:
    reading = {"list", "show", "diff", "history", "verify", "validate", "pareto", "doctor", "bench"}
    exempt = {("models", "verify")}
    for path in PATHS:
        if path and path[-1] in reading and path not in exempt:
            assert "--json" in help_of(path), path


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from evo.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert not set(HEAVY) & set(done.stderr.split())


def test_environment_variables_stand_for_options(tmp_path: Path) -> None:
    (tmp_path / "evo.yaml").write_text("name: a\ntask: nowhere:task\n")
    done = CliRunner().invoke(
        build_app(),
        ["config", "show", str(tmp_path)],
        env={"EVOGATE_CONFIG_SHOW_SETS": "gate.n=7"},
        prog_name="evogate",
    )
    assert "n: 7" in done.output


def test_the_app_is_a_typer() -> None:
    assert isinstance(build_app(), typer.Typer)
