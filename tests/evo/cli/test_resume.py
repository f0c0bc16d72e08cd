"""The real command, killed and stopped by real signals (R46).

The model sleeps a little in each call, so that a signal always comes in the middle of a run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evo.cli.exit_codes import INTERRUPTED
from evo.cli.resume import spelled_out
from evo.storage import Store

Cli = Callable[..., object]

TOY = """
import hashlib
import math
import os
import time
from evo.models import Completion

def reply(request):
    time.sleep(float(os.environ.get("TOY_SECONDS", 0)))
    told = " ".join(m["content"] for m in request.messages[:-1])
    text = request.messages[-1]["content"]
    right = "spam" if "cash" in text else "ham"
    luck = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 16**8
    good = luck < (0.95 if len(told.split()) > 9 else 0.55)
    label, other = (right, "ham" if right == "spam" else "spam")[:: 1 if good else -1]
    logprobs = ((label, math.log(0.7)), (other, math.log(0.3)))
    return Completion(label, logprobs, len(told.split()) + 9, 1, 0.0, 0.0)
"""
RUN = ("run", "--progress", "none", "--budget", "calls=900", "--set", "gate.n=60")


@pytest.fixture
def ready(cli: Cli, folder: Path) -> Iterator[Path]:
    """A workspace with a scripted model beside its config."""
    rows = [
        f"mail {i} about {'cash' if i % 2 else 'dogs'},{'spam' if i % 2 else 'ham'}"
        for i in range(300)
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


def _start(*arguments: str, seconds: float = 0.05, calls: int = 5) -> subprocess.Popen[str]:
    """The command as a process of its own, once it has begun some new calls."""
    store = Path("runs/evo.db")
    before = _calls() if store.is_file() else 0
    process = subprocess.Popen(
        [sys.executable, "-m", "evo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TOY_SECONDS": str(seconds)},
    )
    while process.poll() is None:
        if store.is_file() and _calls() >= before + calls:
            return process
        time.sleep(0.05)
    pytest.fail(f"it ended too soon: {process.communicate()}")


def _calls() -> int:
    with Store("runs/evo.db") as store:
        return sum(store.calls_made(run["id"]) for run in store.runs()[-1:])


def _lost() -> int:
    with Store("runs/evo.db") as store:
        return store.lost_calls(store.run("latest")["id"]).calls


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = process.communicate(timeout=80)
    return process.returncode, err


@pytest.mark.slow
def test_a_killed_run_goes_on(cli: Cli, ready: Path) -> None:
    process = _start(*RUN, "--jobs", "3")
    process.kill()
    process.communicate()
    assert 0 < _lost() <= 3
    assert "is not running (killed)" in cli("stop").out
    done = cli("run", "--resume", "--progress", "none", "--seed", "9")
    assert done.code == 0, done.err
    assert "warning: ignored with --resume: --seed" in done.err
    assert "have no answer and count" in done.err or "has no answer and counts" in done.err
    again = cli("run", "--resume", "--json")
    assert again.code == 0
    assert "is finished" in again.err
    (run,) = json.loads(cli("runs", "list", "--json").out)
    assert json.loads(again.out)["run"] == run["id"]
    assert run["seed"] == 1


@pytest.mark.slow
def test_stop_ends_a_run_gently(cli: Cli, ready: Path) -> None:
    process = _start(*RUN, "--jobs", "3")
    asked = cli("stop")
    assert asked.code == 0, asked.err
    code, err = _ended(process)
    assert code == INTERRUPTED
    assert "go on with: evogate run --resume 2" in err
    assert _lost() == 0
    assert cli("run", "--resume", "--progress", "none").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 3])
def test_ctrl_c_once_is_gentle_and_twice_is_at_once(cli: Cli, ready: Path, jobs: int) -> None:
    process = _start(*RUN, "--jobs", str(jobs))
    process.send_signal(signal.SIGINT)
    code, err = _ended(process)
    assert (code, _lost()) == (INTERRUPTED, 0)
    assert "once more stops at once" in err
    assert "go on with: evogate run --resume 2" in err
    assert "Traceback" not in err

    process = _start("run", "--resume", "--progress", "none", seconds=90, calls=jobs)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    code, err = _ended(process)
    assert (code, _lost()) == (INTERRUPTED, jobs)
    assert "stopped at once" in err
    assert "go on with: evogate run --resume 2" in err
    assert cli("run", "--resume", "--progress", "none").code == 0


def test_what_cannot_be_resumed(cli: Cli, ready: Path) -> None:
    assert "nothing was run here yet" in cli("run", "--resume").err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evo.run._loop", _stopped)
        assert cli(*RUN).code == INTERRUPTED
    unknown = cli("run", "--resume", "20010101-000000-aaaa")
    assert unknown.code == 2
    assert "unknown run" in unknown.err
    assert cli("run", "--resume", "--dry-run").code == 2
    text = (ready / "evo.yaml").read_text()
    (ready / "evo.yaml").write_text(f"{text}\nsearch:\n  children: 5\n")
    changed = cli("run", "--resume")
    assert changed.code == 2
    assert "search.children (5, was" in changed.err
    (ready / "evo.yaml").write_text(text)
    rows = (ready / "mail.csv").read_text()
    (ready / "mail.csv").write_text(rows + "\nmail 999 about cash,spam")
    changed = cli("run", "--resume")
    assert changed.code == 2
    assert "suite '" in changed.err


def test_flags_of_a_resumed_run(cli: Cli, ready: Path) -> None:
    for flag in ("--allow-changed", "--retry-errors"):
        done = cli("run", flag)
        assert done.code == 2
        assert f"{flag} was given without --resume" in done.err
    with Store("runs/evo.db") as store:
        store.start_run("r1", "mail", "{}", 1, _LAUNCH)
        call = store.reserve_call("r1", "search", None, 1, 0.0, "key")
        store.settle_call(call, None, None, 0.0, "infra_error")
        store._write("UPDATE runs SET config = ?", (_frozen(ready),))
        store.finish_run("r1", "done", {})
    done = cli("run", "--resume", "--retry-errors")
    assert done.code == 2
    assert "1 responses stayed missing" in done.err
    assert "evogate run" in done.err


_LAUNCH = {"champion": "c", "attempts": 0, "seed": "s", "spec": "p", "suites": {}, "agent": "a"}


def _frozen(folder: Path) -> str:
    from evo.config import load_config

    return load_config(folder / "evo.yaml").model_dump_json()


def _stopped(*given: object) -> None:
    from genomes.errors import StoppedError

    raise StoppedError("the run was stopped")


def test_resume_alone_means_the_latest() -> None:
    assert spelled_out(["run", "--resume"]) == ["run", "--resume", "latest"]
    assert spelled_out(["run", "--resume", "-j", "2"]) == ["run", "--resume", "latest", "-j", "2"]
    assert spelled_out(["run", "--resume", "ab"]) == ["run", "--resume", "ab"]
    assert spelled_out(["export", "--to", "yaml"]) == ["export", "--to", "yaml"]
