import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from evo.cli.main import main


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, an empty cache, and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("EVOGATE_")]:
        monkeypatch.delenv(name)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("EVOGATE_CACHE", str(tmp_path / "cache"))
    return here


@pytest.fixture
def cli(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Runs a command in ``folder`` as the shell would."""

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["evogate", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def rows(folder: Path) -> Path:
    """300 rows with two labels."""
    lines = [f"mail number {i},{'spam' if i % 3 else 'ham'}" for i in range(300)]
    file = folder / "mail.csv"
    file.write_text("\n".join(["text,folder", *lines]))
    return file


@pytest.fixture
def workspace(cli: Callable[..., Done], folder: Path, rows: Path) -> Path:
    """A workspace over ``rows`` in the current folder."""
    done = cli("init", "--data", rows.name, "--input", "text", "--target", "folder")
    assert done.code == 0, done.err
    return folder
