"""``config show --resolved``: each value with its origin, as a run would read it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.config import load_config

Cli = Callable[..., object]


@pytest.fixture
def small(folder: Path) -> Path:
    text = "name: a\ntask: nowhere:task\ngate:\n  n: 50\nsearch: {share: 0.5}\nrun:\n  seed: 3\n"
    (folder / "evo.yaml").write_text(text)
    return folder


def shown(cli: Cli, *arguments: str) -> dict[str, tuple[object, str, str | None]]:
    done = cli("config", "show", "--resolved", "--json", *arguments)
    assert done.code == 0, done.err
    return {r["key"]: (r["value"], r["origin"], r["where"]) for r in json.loads(done.out)}


def test_origins(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVOGATE_RUN_SEED", "7")
    monkeypatch.setenv("EVOGATE_RUN_BUDGET", "calls=500")
    found = shown(cli, "--set", "gate.alpha=0.01")
    assert found["gate.n"] == (50, "file", "evo.yaml:4")
    assert found["search.share"] == (0.5, "file", "evo.yaml:5")
    assert found["gate.alpha"] == (0.01, "flag", "--set")
    assert found["run.seed"] == (7, "env", "EVOGATE_RUN_SEED")
    assert found["budget.calls"] == (500, "env", "EVOGATE_RUN_BUDGET")
    assert found["run.jobs"] == (1, "default", None)


def test_the_flag_wins_over_the_environment(
    cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVOGATE_RUN_SETS", "gate.n=60 gate.alpha=0.02")
    found = shown(cli, "--set", "gate.n=70")
    assert found["gate.n"] == (70, "flag", "--set")
    assert found["gate.alpha"][1:] == ("env", "EVOGATE_RUN_SETS")
    monkeypatch.setenv("EVOGATE_CONFIG_SHOW_SETS", "gate.n=80")
    assert shown(cli)["gate.n"] == (80, "env", "EVOGATE_CONFIG_SHOW_SETS")


def test_a_block_that_is_set_as_a_whole_takes_the_file_s_values_away(cli: Cli, small: Path) -> None:
    found = shown(cli, "--set", "gate={alpha: 0.03}")
    assert found["gate.alpha"] == (0.03, "flag", "--set")
    assert found["gate.n"][1:] == ("default", None)


def test_every_value_is_that_of_the_config(cli: Cli, small: Path) -> None:
    config = load_config(small).model_dump(mode="json")
    for key, (value, _, _) in shown(cli).items():
        inside = config
        for step in key.split("."):
            inside = inside[step]
        assert inside == value, key


def test_as_a_table(cli: Cli, small: Path) -> None:
    line = next(
        line for line in cli("config", "show", "--resolved").out.splitlines() if "gate.n " in line
    )
    assert line.split() == ["gate.n", "50", "file", "evo.yaml:4"]


def test_a_wrong_override_is_refused_as_by_run(cli: Cli, small: Path) -> None:
    done = cli("config", "show", "--resolved", "--set", "gate.alpa=1")
    assert done.code == 2
    assert "did you mean 'alpha'?" in done.err
