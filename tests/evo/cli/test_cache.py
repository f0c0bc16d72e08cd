"""What is kept is shown and let go; what proves something stays."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.lease import Lease
from evo.models.catalogue import model_path
from evo.storage import Store
from fitness.response import Response, ResponseKey
from fitness.suites.cache import cache_dir

Cli = Callable[..., object]


@pytest.fixture
def stored(folder: Path) -> Path:
    with Store(folder / "runs" / "evo.db") as store:
        store.start_run("r1", "mail", "{}", 1)
        call = store.reserve_call("r1", "search", None, 5, None)
        store.put(ResponseKey("a", "b", "c"), Response("x"), call_id=call)
        store.put(ResponseKey("d", "e", "f"), Response("y"), call_id=None)
    file = model_path("smollm2-135m")
    file.parent.mkdir(parents=True)
    for name in (file.name, f"{file.name}.sha256.json", f"{file.name}.partial", "mine.gguf"):
        (file.parent / name).write_bytes(b"GGUF")
    wheel = cache_dir() / "wheels" / "0123456789abcdef" / "data.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(b"PK")
    (cache_dir() / "wheels" / "notes.whl").write_bytes(b"mine")
    return folder


def counts(cli: Cli) -> dict[str, int]:
    return {one["kind"]: one["count"] for one in json.loads(cli("cache", "info", "--json").out)}


def test_info_counts_what_is_ours(cli: Cli, stored: Path) -> None:
    assert counts(cli) == {"responses": 2, "models": 3, "wheels": 1}
    assert "responses" in cli("cache", "info").out


def test_info_makes_nothing(cli: Cli, folder: Path) -> None:
    assert counts(cli) == {"responses": 0, "models": 0, "wheels": 0}
    assert not (folder / "runs").exists()


def test_nothing_goes_without_yes(cli: Cli, stored: Path) -> None:
    done = cli("cache", "clear", "all")
    assert done.code == 2
    assert "would remove 2 responses" in done.out
    assert "--yes" in done.err
    assert counts(cli) == {"responses": 2, "models": 3, "wheels": 1}


def test_responses_go_and_the_ledger_stays(cli: Cli, stored: Path) -> None:
    done = cli("cache", "clear", "responses", "--yes")
    assert done.code == 0
    assert "1 unfinished runs" in done.err
    assert counts(cli) == {"responses": 0, "models": 3, "wheels": 1}
    with Store(stored / "runs" / "evo.db") as store:
        assert store.spent("r1")["search"]["calls"] == 1


def test_files_of_the_users_own_are_left_alone(cli: Cli, stored: Path) -> None:
    assert cli("cache", "clear", "all", "-y").code == 0
    left = {path.name for path in cache_dir().rglob("*") if path.is_file()}
    assert left == {"mine.gguf", "notes.whl"}


def test_a_running_run_keeps_its_responses(cli: Cli, stored: Path) -> None:
    lease = Lease(stored / "runs" / "r1")
    try:
        done = cli("cache", "clear", "responses", "--yes")
    finally:
        lease.release()
    assert done.code == 4
    assert "evogate stop r1" in done.err
    assert counts(cli)["responses"] == 2
