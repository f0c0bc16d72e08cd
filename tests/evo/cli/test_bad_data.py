"""Bad data and bad scorers: one clear line with its place, exit code 2, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from evo.storage import Store

Cli = Callable[..., object]

_SCORERS = """
import math
from pathlib import Path
def explode(answer, target): raise RuntimeError("no dictionary")
def nan(answer, target): return math.nan
def infinite(answer, target): return math.inf
def word(answer, target): return "yes"
def generous(answer, target): return 1.0
def fragile(answer, target):
    if Path("broken").exists() and answer not in (None, "", "spam", "ham"):
        return "no idea"
    return float(answer == target)
"""

_MODEL = """
from evo.models import Completion
def reply(request):
    with open("asked", "a") as file:
        file.write("x")
    return Completion("perhaps", prompt_tokens=5, completion_tokens=1)
"""


def lines(done: object) -> list[str]:
    return [line.strip() for line in done.err.strip().splitlines()]


def write_config(folder: Path, file: str, **data: object) -> None:
    content = {
        "name": "mail",
        "data": {"file": file, "inputs": ["text"], "target": "folder", **data},
        "models": {"task": {"kind": "scripted", "name": "own_cli_model:reply"}},
        "search": {"blocks": [5, 10], "reserve": 5},
        "gate": {"n": 20},
        "budget": {"calls": 400},
    }
    (folder / "evo.yaml").write_text(yaml.safe_dump(content))
    (folder / "own_cli_scorers.py").write_text(_SCORERS)
    (folder / "own_cli_model.py").write_text(_MODEL)


def good_rows(n: int = 120) -> list[dict[str, str]]:
    return [
        {"id": f"m{i}", "text": f"mail number {i}", "folder": "spam" if i % 3 else "ham"}
        for i in range(n)
    ]


def jsonl(rows: list[dict[str, str]]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (jsonl(good_rows()) + b'\n{"text": "a" "folder": 1}', "error: not JSON: ", "r.jsonl:121"),
        (jsonl(good_rows()) + b"\n[1, 2]", "error: expected a JSON object", "r.jsonl:121"),
        (b"", "error: r.jsonl is empty", "r.jsonl"),
        (b"\n\n  \n", "error: r.jsonl is empty", "r.jsonl"),
        (b'{"id": "", "text": "", "folder": ""}', "error: r.jsonl has no usable row", "r.jsonl:1"),
        (
            jsonl([*good_rows(), good_rows()[3]]),
            "error: lines 4 and 121 of r.jsonl have the same id 'm3'",
            "r.jsonl:121",
        ),
        (jsonl(good_rows()) + b"\n\xff\xfe", "error: r.jsonl is not UTF-8 text", "r.jsonl:121"),
        (
            jsonl([*good_rows(), {"id": "big", "text": "x" * 10_000_000, "folder": "ham"}]),
            "error: the example has 10,000,006 characters",
            "r.jsonl:121",
        ),
    ],
    ids=["malformed", "list", "empty", "blank", "no row", "twice", "encoding", "ten megabytes"],
)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_bad_rows(
    cli: Cli, folder: Path, command: str, content: bytes, what: str, where: str
) -> None:
    write_config(folder, "r.jsonl", id="id")
    (folder / "r.jsonl").write_bytes(content)
    done = cli(command)
    assert done.code == 2
    assert lines(done)[0].startswith(what)
    assert lines(done)[1].startswith((where, str(folder)))
    assert len(lines(done)) == 3, "what, where, what to do"
    assert not (folder / "asked").exists()
    assert not (folder / "runs").exists()


def test_a_role_without_examples(cli: Cli, folder: Path) -> None:
    write_config(folder, "r.jsonl", shares={"search": 0.0001, "gate": 1, "audit": 1})
    (folder / "r.jsonl").write_bytes(jsonl(good_rows()))
    done = cli("validate")
    assert done.code == 2
    assert lines(done)[0] == "error: suite 'mail/search' is empty"


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        ("explode", "failed: RuntimeError: no dictionary"),
        ("nan", "gave nan (float), expected a number in [0, 1]"),
        ("infinite", "gave inf (float), expected a number in [0, 1]"),
        ("word", "gave 'yes' (str), expected a number in [0, 1]"),
        ("generous", "rewards the empty answer: 100% of the tries pass"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_scorer_that_cannot_be_trusted(
    cli: Cli, folder: Path, command: str, scorer: str, said: str
) -> None:
    write_config(folder, "r.jsonl", scorer=f"own_cli_scorers:{scorer}", labels=[])
    (folder / "r.jsonl").write_bytes(jsonl(good_rows()))
    done = cli(command)
    assert done.code == 2
    what, where, remedy = lines(done)
    assert f"own_cli_scorers:{scorer}" in what
    assert said in what
    assert where.startswith("suite mail/search example r-")
    assert remedy
    assert not (folder / "asked").exists(), "nothing is spent on it"


def test_an_unknown_scorer(cli: Cli, folder: Path) -> None:
    write_config(folder, "r.jsonl", scorer="exakt")
    (folder / "r.jsonl").write_bytes(jsonl(good_rows()))
    done = cli("validate")
    assert done.code == 2
    assert lines(done)[0] == "error: unknown scorer 'exakt'"


def test_a_scorer_that_breaks_in_mid_run_loses_no_answer(cli: Cli, folder: Path) -> None:
    write_config(folder, "r.jsonl", scorer="own_cli_scorers:fragile", labels=[])
    (folder / "r.jsonl").write_bytes(jsonl(good_rows()))
    (folder / "broken").touch()
    done = cli("run", "--progress", "none", "--set", "junk=warn")
    assert done.code == 2
    (what,) = (line for line in lines(done) if line.startswith("error: "))
    assert "answers could not be scored" in what
    assert "gave 'no idea' (str)" in what
    paid = len((folder / "asked").read_text())
    with Store(folder / "runs" / "evo.db") as store:
        assert store.spent(store.run("latest")["id"])["search"]["calls"] == paid > 0


def test_warnings_are_said_and_do_not_stop(cli: Cli, folder: Path) -> None:
    write_config(folder, "r.jsonl", scorer="contains", labels=[])
    rows = [{**row, "folder": "ham" if i % 20 else "spam"} for i, row in enumerate(good_rows())]
    (folder / "r.jsonl").write_bytes(jsonl(rows))
    done = cli("validate")
    assert done.code == 0, done.err
    assert "warning: scorer contains rewards a list of all targets" in done.err
    assert "warning: the task is near its ceiling" in done.err
    warned = json.loads(cli("validate", "--json").out)["warnings"]
    assert {warning["level"] for warning in warned} == {"warning"}
    assert "near its ceiling" in cli("run", "--dry-run").err


def test_a_schema_file_is_found_beside_the_config(cli: Cli, folder: Path) -> None:
    (folder / "r.jsonl").write_bytes(jsonl(good_rows()))
    (folder / "answer.json").write_text('{"type": "string"}')
    write_config(folder, "r.jsonl", scorer={"json_schema": "answer.json"}, labels=[])
    shown = yaml.safe_load(cli("config", "show").out)
    assert shown["data"]["scorer"] == 'json_schema:{"type": "string"}'
    write_config(folder, "r.jsonl", scorer="json_schema:none.json", labels=[])
    done = cli("validate")
    assert done.code == 2
    assert lines(done)[:2][1] == "data.scorer"
