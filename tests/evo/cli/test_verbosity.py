"""``-q`` and ``-v`` mean the same in every command."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_server import FaultServer, failure

from evo.cli.verbosity import is_quiet, split

Cli = Callable[..., object]


@pytest.mark.parametrize(
    ("given", "rest", "level"),
    [
        (["run", "-q"], ["run"], -1),
        (["--quiet", "run", "-q"], ["run"], -1),
        (["-v", "run", "--seed", "3"], ["run", "--seed", "3"], 1),
        (["run", "-v", "--verbose"], ["run"], 2),
        (["run", "-vv"], ["run"], 2),
        (["run", "-q", "-v"], ["run"], 0),
        (["run", "--", "-v"], ["run", "--", "-v"], 0),
        (["import", "-"], ["import", "-"], 0),
    ],
)
def test_the_flags_may_stand_anywhere(given: list[str], rest: list[str], level: int) -> None:
    assert split(given) == (rest, level)


@pytest.mark.parametrize("place", ["before", "after"])
def test_quiet_leaves_data_and_errors(cli: Cli, workspace: Path, place: str) -> None:
    def run(*words: str) -> object:
        return cli("-q", *words) if place == "before" else cli(*words, "-q")

    done = run("config", "schema", "-o", "schema.json")
    assert (done.code, done.err) == (0, ""), "not even 'wrote ...'"
    assert run("config", "show").out
    failed = run("run", "-c", "nowhere.yaml")
    assert failed.code == 2
    assert failed.err.startswith("error: ")
    assert not is_quiet(), "a command leaves no trace in the next"


def test_verbose_says_what_is_read_and_changes_no_data(cli: Cli, workspace: Path) -> None:
    plain, told = cli("validate", "--json"), cli("validate", "--json", "-v")
    assert json.loads(plain.out) == json.loads(told.out)
    assert "config evo.yaml" in told.err
    assert "config evo.yaml" not in plain.err
    assert not logging.getLogger("evo").handlers


def test_verbose_tells_of_failed_calls_without_the_key(
    cli: Cli, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-planted-0123456789")
    with FaultServer() as server:
        server.behave = lambda n, body, headers: failure(
            503, f"busy: {headers['authorization']}", retry_after="0"
        )
        model = f"{{kind: provider, name: m, base_url: '{server.url}', api_key_env: MY_KEY}}"
        done = cli("validate", "--ping", "-vv", "--set", f"models.task={model}")
    assert done.code == 3
    assert "failed: busy" in done.err
    assert "asks to wait 0 s" in done.err
    assert "sk-planted" not in done.out + done.err
