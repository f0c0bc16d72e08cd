"""The whole line through the command: from a CSV file to an exported champion."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Cli = Callable[..., object]

# A model that is better with a longer instruction: there is something to find, and no file to load.
TOY = """
import hashlib
import math
from evo.models import Completion

def reply(request):
    told = " ".join(m["content"] for m in request.messages[:-1])
    text = request.messages[-1]["content"]
    right = "spam" if "cash" in text else "ham"
    luck = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 16**8
    good = luck < (0.95 if len(told.split()) > 9 else 0.55)
    label, other = (right, "ham" if right == "spam" else "spam")[:: 1 if good else -1]
    logprobs = ((label, math.log(0.7)), (other, math.log(0.3)))
    return Completion(label, logprobs, len(told.split()) + 9, 1, 0.0, 0.0)
"""
RUN = ("run", "--progress", "none", "--budget", "calls=1500")
ENOUGH = (*RUN[:-1], "calls=3000")


@pytest.fixture
def ready(cli: Cli, folder: Path) -> Iterator[Path]:
    """A workspace with a scripted model beside its config."""
    rows = [
        f"mail {i} about {'cash' if i % 2 else 'dogs'},{'spam' if i % 2 else 'ham'}"
        for i in range(400)
    ]
    (folder / "mail.csv").write_text("\n".join(["text,folder", *rows]))
    (folder / "toy.py").write_text(TOY)
    assert cli("init", "--data", "mail.csv", "--input", "text", "--target", "folder").code == 0
    config = (folder / "evo.yaml").read_text()
    config = config.replace("kind: local", "kind: scripted").replace("smollm2-135m", "toy:reply")
    (folder / "evo.yaml").write_text(config)
    before = list(sys.path)
    yield folder
    sys.path[:] = before
    sys.modules.pop("toy", None)


def test_from_a_csv_to_a_champion(cli: Cli, ready: Path) -> None:
    done = cli(*ENOUGH, "--json")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[0]["event"] == "launch"
    assert events[-1]["event"] == "done"
    assert {"generation", "candidate", "gate"} <= {event["event"] for event in events}
    assert events[-1]["status"] == "promoted"
    assert done.err == ""

    assert "version 2 (promoted)" in cli("champion", "show").out
    assert cli("champion", "verify").code == 0
    assert cli("pareto", "-o", "front.svg").code == 0
    assert cli("plot", "progress", "-o", "progress.png").code == 0
    assert cli("export", "--to", "markdown", "-o", "champion.md").code == 0
    assert "PROMOTE" in (ready / "champion.md").read_text()
    assert cli("doctor").code == 0


def test_the_summary_says_what_was_found_and_what_comes_next(cli: Cli, ready: Path) -> None:
    done = cli(*ENOUGH)
    assert done.code == 0, done.err
    for word in ("seed", "champion", "gate attempt 1: PROMOTE", "champion.yaml", "next: evogate"):
        assert word in done.out
    again = cli(*ENOUGH, "--json")
    bought = json.loads(again.out.splitlines()[-1])["bought"]
    first = json.loads(cli("runs", "list", "--json").out)[0]["summary"]["bought"]
    assert bought < first


def test_a_dry_run_calls_nothing_and_leaves_nothing(cli: Cli, ready: Path) -> None:
    done = cli("run", "--dry-run")
    assert done.code == 0
    assert "one attempt at the gate: up to" in done.out
    assert "finds a gain of" in done.out
    assert not (ready / "runs").exists()
    assert not (ready / "champions").exists()
    assert json.loads(cli("run", "--dry-run", "--json").out)["gate"]["attempts_left"] > 0


def test_a_budget_too_small_is_said_before_the_first_call(cli: Cli, ready: Path) -> None:
    done = cli("run", "--budget", "calls=20")
    assert done.code == 2
    assert "20 calls are too few" in done.err
    assert "give at least" in done.err
    assert not (ready / "runs").exists()


def test_flags_reach_the_run(cli: Cli, ready: Path) -> None:
    done = cli(*RUN, "--seed", "5", "--set", "gate.n=90")
    assert done.code == 0, done.err
    (run,) = json.loads(cli("runs", "list", "--json").out)
    assert run["seed"] == 5
    assert run["config"]["budget"]["calls"] == 1500
    assert run["config"]["gate"]["n"] == 90
    assert run["summary"]["calls"] <= 1500


def test_plain_progress_goes_to_standard_error(cli: Cli, ready: Path) -> None:
    done = cli("run", "--progress", "plain", "--budget", "calls=1000", "--set", "gate.n=60")
    assert done.err.startswith("launch: ")
    assert "generation 1: " in done.err
    assert "generation" not in done.out


def test_a_dead_endpoint(cli: Cli, ready: Path) -> None:
    done = cli(
        *(*RUN, "--set", "models.task.kind=provider", "--set", "models.task.name=some-model"),
        *("--set", "models.task.base_url=http://127.0.0.1:9/v1", "--set", "run.retries=0"),
    )
    assert done.code == 3
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err
