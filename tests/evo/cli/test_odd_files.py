"""Files that cannot be written or compared, and names that hardly are any: a line, no defect."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evo.champion import Registry
from evo.storage import Store
from genomes.codec import from_yaml

Cli = Callable[..., object]


@pytest.fixture
def crowned(workspace: Path) -> Path:
    """A workspace with a champion, without a run of a model."""
    seed = "\n".join((workspace / "genome.yaml").read_text().partition("\nspec:")[:1])
    (workspace / "champions").mkdir()
    Registry(workspace / "champions" / "mail").init(from_yaml(seed))
    return workspace


@pytest.mark.parametrize("command", [("export",), ("genome", "show", "champion")])
def test_a_folder_is_no_file_to_write(cli: Cli, crowned: Path, command: tuple[str, ...]) -> None:
    done = cli(*command, "-o", "champions")
    assert done.code == 2
    assert done.err.startswith("error: cannot write: Is a directory\n  champions")


def test_a_folder_is_nothing_to_compare_with(cli: Cli, crowned: Path) -> None:
    done = cli("export", "-o", "champions", "--check")
    assert done.code == 2
    assert "cannot compare with a folder" in done.err


def test_a_missing_file_is_told_without_all_that_it_should_hold(cli: Cli, crowned: Path) -> None:
    done = cli("export", "-o", "missing", "--check")
    assert done.code == 1
    assert done.err.startswith("error: there is no missing")
    assert "+++" not in done.err


def test_a_file_of_bytes_differs(cli: Cli, crowned: Path) -> None:
    (crowned / "bytes").write_bytes(b"\xff\xfe\n")
    done = cli("export", "-o", "bytes", "--check")
    assert done.code == 1
    assert "bytes is not what would be exported now" in done.err


def test_a_digit_that_is_no_number_is_an_unknown_version(cli: Cli, crowned: Path) -> None:
    done = cli("champion", "rollback", "²")
    assert done.code == 2
    assert "unknown champion version '²'" in done.err


def test_known_runs_are_named_whole(cli: Cli, crowned: Path) -> None:
    """Runs of one minute begin alike: cut, they would look like one."""
    (crowned / "runs").mkdir()
    with Store(crowned / "runs" / "evo.db") as store:
        for name in ("20260101-101010-aaaa", "20260101-101011-bbbb"):
            store.start_run(name, "mail", "{}", 1)
    done = cli("gaps", "nosuch")
    assert done.code == 2
    assert "20260101-101010-aaaa, 20260101-101011-bbbb" in done.err
