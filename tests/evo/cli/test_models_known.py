"""``validate``, ``validate --ping``, ``doctor`` and ``run --dry-run`` know both models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_server import FaultServer, completion, failure

Cli = Callable[..., object]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def config(folder: Path, rows: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MY_KEY", "sk-planted-0123456789")
    task = {"kind": "provider", "name": "m", "base_url": server.url, "price": [1, 2]}
    proposer = {"kind": "provider", "name": "p", "base_url": server.url, "api_key_env": "MY_KEY"}
    content = {
        "version": 1,
        "name": "mail",
        "data": {"file": rows.name, "inputs": ["text"], "target": "folder"},
        "models": {"task": task, "proposer": proposer | {"requests_per_minute": 60}},
        "gate": {"n": 40},
    }
    file = folder / "evo.yaml"
    file.write_text(json.dumps(content))
    return file


def test_each_model_is_asked_once_and_only_when_asked_to(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    assert cli("validate").code == 0
    assert server.requests == []
    done = cli("validate", "--ping", "--json")
    assert done.code == 0, done.err
    assert [request["model"] for request in server.requests] == ["m", "p"]
    task, proposer = json.loads(done.out)["ping"]
    assert task["text"] == "spam"
    assert (task["tokens"], task["logprobs"]) == (21, True)
    assert task["money"] == pytest.approx(22e-6)
    assert proposer["money"] is None, "unknown, not 0"
    assert "unknown" in cli("validate", "--ping").out


def test_one_model_in_both_places_is_asked_once(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    content = json.loads(config.read_text())
    content["models"]["proposer"] = content["models"]["task"]
    config.write_text(json.dumps(content))
    assert cli("validate", "--ping").code == 0
    assert len(server.requests) == 1


def test_a_model_that_fails_is_named_beside_one_that_answers(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    server.models = ["pp"]
    server.behave = lambda n, body, headers: (
        completion() if body["model"] == "m" else failure(404, "no such model")
    )
    done = cli("validate", "--ping")
    assert done.code == 3
    assert "answers" in done.out
    assert "models.proposer" in done.err
    assert "did you mean 'pp'?" in done.err
    assert "Traceback" not in done.err


def test_a_model_that_only_reasons_is_no_answer(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    server.always(completion("", finish="length", message={"reasoning_content": "hm"}))
    done = cli("validate", "--ping")
    assert done.code == 3
    assert "no text within" in done.err


def test_doctor_knows_prices_pace_and_keys(
    cli: Cli, config: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> dict[str, dict[str, str]]:
        return {row["what"]: row for row in json.loads(cli("doctor", "--json").out)}

    both = found()
    assert both["models.task"]["state"] == "ok"
    assert "$1 and $2 a million" in both["models.task"]["detail"]
    assert both["models.proposer"]["state"] == "warning"
    assert "price unknown" in both["models.proposer"]["detail"]
    assert "requests per minute 60" in both["models.proposer"]["detail"]
    monkeypatch.delenv("MY_KEY")
    assert found()["models.proposer"]["state"] == "problem"
    assert "MY_KEY is not set" in found()["models.proposer"]["detail"]
    assert server.requests == []


@pytest.mark.parametrize("command", [("validate",), ("run", "--dry-run"), ("run",)])
def test_money_needs_every_price_before_the_first_call(
    cli: Cli, config: Path, server: FaultServer, command: tuple[str, ...]
) -> None:
    done = cli(*command, "--set", "budget.usd=1")
    assert done.code == 2
    assert "models.proposer.price" in done.err
    assert server.requests == []


def test_a_dry_run_shows_each_purpose_and_says_what_is_unknown(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    done = cli("run", "--dry-run", "--budget", "calls=600")
    assert done.code == 0, done.err
    for word in ("search", "gate", "audit", "all", "$", "unknown", "proposals"):
        assert word in done.out
    costs = json.loads(cli("run", "--dry-run", "--json").out)["costs"]
    assert costs["parts"][0]["calls"] is None, "no budget, no bound"
    assert server.requests == []


def test_a_pace_belongs_to_providers(cli: Cli, config: Path) -> None:
    local = "models.task={kind: local, name: smollm2-135m, concurrency: 2}"
    done = cli("validate", "--set", local)
    assert done.code == 2
    assert "concurrency is for a provider" in done.err
