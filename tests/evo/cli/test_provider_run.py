"""A whole run against a provider that fails and echoes the key: no trace of it is left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_server import FaultServer, Reply, completion, failure

from evo.storage import Store

Cli = Callable[..., object]
KEY = "sk-planted-0123456789"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def config(folder: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models at the server; the key is in ``.env``, as users have it."""
    # load_dotenv writes into the environment itself: known here, it is taken back afterwards.
    monkeypatch.delenv("MY_KEY", raising=False)
    (folder / ".env").write_text(f"MY_KEY={KEY}\n")
    rows = [f"mail number {i},{'spam' if i % 3 else 'ham'}" for i in range(120)]
    (folder / "mail.csv").write_text("\n".join(["text,folder", *rows]))
    block = {"kind": "provider", "base_url": server.url, "api_key_env": "MY_KEY", "price": [1, 2]}
    content = {
        "version": 1,
        "name": "mail",
        "data": {"file": "mail.csv", "inputs": ["text"], "target": "folder"},
        "models": {"task": block | {"name": "m"}, "proposer": block | {"name": "p"}},
        "search": {"blocks": [6, 12], "children": 3, "reserve": 6, "finalists": 1},
        "gate": {"n": 20},
        "budget": {"calls": 150, "usd": 1},
    }
    file = folder / "evo.yaml"
    file.write_text(json.dumps(content))
    return file


def leaks(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".env"]
    return [str(path) for path in files if KEY.encode() in path.read_bytes()]


def test_a_run_keeps_the_key_to_itself_and_to_its_budget(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    during: list[str] = []

    def behave(number: int, body: dict[str, object], headers: dict[str, str]) -> Reply:
        sent = headers["authorization"]
        assert sent == f"Bearer {KEY}"
        if number % 40 == 7:
            during.extend(leaks(config.parent))  # the store has its journal beside it now
            return failure(500, f"trace of your request: Authorization: {sent}")
        if number % 40 == 17:
            return Reply(f"{sent} is not JSON".encode())
        if number % 40 == 27:
            return completion(f"You sent {sent}")
        return completion("spam" if len(str(body["messages"])) % 3 else "ham")

    server.behave = behave
    done = cli("run", "--json", "--debug", "--set", "run.jobs=2")
    assert done.code == 0, done.err
    assert len(server.requests) <= 150
    shown = done.out + done.err
    for command in (
        ("runs", "show"),
        ("runs", "show", "--json"),
        ("config", "show"),
        ("champion", "show", "--json"),
        *(("export", "--to", to) for to in ("yaml", "json", "markdown")),
        ("export", "-o", "champion.json", "--to", "json"),
    ):
        again = cli(*command)
        assert again.code == 0, again.err
        shown += again.out + again.err
    assert KEY not in shown
    assert during == []
    assert leaks(config.parent) == []
    with Store(config.parent / "runs" / "evo.db") as store:
        ledger = store.spent(store.run("latest")["id"])
    assert sum(spend["calls"] for spend in ledger.values()) == len(server.requests)
    assert all(spend["money"] is not None for spend in ledger.values())


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_wrong_key_is_one_clear_error(
    cli: Cli, config: Path, server: FaultServer, debug: tuple[str, ...]
) -> None:
    server.behave = lambda n, body, headers: failure(401, f"not valid: {headers['authorization']}")
    done = cli("run", *debug)
    assert done.code == 3
    assert len(server.requests) == 1
    assert KEY not in done.out + done.err
    assert leaks(config.parent) == []
    if not debug:
        assert "no access" in done.err
        assert "MY_KEY" in done.err
        assert "Traceback" not in done.err


@pytest.mark.parametrize("key", ["models.task.api_key_env", "models.task.api_key"])
def test_a_key_in_the_config_is_refused_and_not_repeated(cli: Cli, config: Path, key: str) -> None:
    done = cli("validate", "--set", f"{key}={KEY}")
    assert done.code == 2
    assert KEY not in done.out + done.err


def test_an_unset_key_is_known_before_the_first_call(
    cli: Cli, config: Path, server: FaultServer
) -> None:
    (config.parent / ".env").unlink()
    done = cli("run")
    assert done.code == 3
    assert "MY_KEY is not set" in done.err
    assert server.requests == []


def test_money_needs_a_price_of_every_model(cli: Cli, config: Path, server: FaultServer) -> None:
    done = cli("run", "--set", "models.proposer.price=null")
    assert done.code == 2
    assert "models.proposer.price" in done.err
    assert server.requests == []
