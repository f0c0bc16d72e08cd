"""What init writes can be validated, whatever name was given."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evo.cli.init import _NAME
from evo.config import Config, load_config

Cli = Callable[..., object]


@pytest.mark.parametrize("name", ["../x", "a b", "", "-a", "a<i>b"])
def test_a_name_that_the_config_refuses_is_refused_at_once(
    cli: Cli, folder: Path, name: str
) -> None:
    done = cli("init", "--example", "sentiment", f"--name={name}")
    assert done.code == 2
    assert done.err.startswith(f"error: {name!r} cannot name an agent\n  --name")
    assert not (folder / "evo.yaml").exists()


@pytest.mark.parametrize("name", ["123", "on", "1e5", "a.b-c_d", "null"])
def test_a_name_that_yaml_would_read_otherwise_stays_a_name(
    cli: Cli, folder: Path, name: str
) -> None:
    assert cli("init", "--example", "sentiment", "-n", name).code == 0
    assert load_config(folder).name == name


def test_both_rules_are_one() -> None:
    assert Config.model_json_schema()["properties"]["name"]["pattern"] == f"^{_NAME}$"


def test_a_file_named_by_a_year(cli: Cli, folder: Path, rows: Path) -> None:
    rows.rename(folder / "2024.csv")
    done = cli("init", "--data", "2024.csv", "--input", "text", "--target", "folder")
    assert done.code == 0, done.err
    config = load_config(folder)
    assert (config.name, config.data and config.data.domain) == ("2024", "2024")
