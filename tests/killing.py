"""A warm process that carries out small runs in forked children, and kills them on the way.

Reads one JSON line a run from standard input and answers with one. A step is any moment at which
a kill could matter: before and after a call, a write to the store, a write to the champion's
folder, a file of the run.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support import labelled, noise, taste_suite, taste_task

from evo import report
from evo import run as loop
from evo.champion import folder, journal
from evo.config import Config, resolve
from evo.models import Completion, Request
from evo.resume import recall
from evo.run import resume, run
from evo.storage.database import Database
from evo.task import Task
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered


def tiny_task() -> Task:
    """The taste task with a handful of examples."""
    sizes = (("taste", "search", 14), ("other", "search", 4), ("taste", "gate", 48))
    suites = [taste_suite(*size) for size in sizes]  # type: ignore[arg-type]
    suites += [taste_suite("other", "regression", 8), taste_suite("taste", "audit", 12)]
    task = taste_task()
    return Task("taste", "taste", task.seed, task.spec, tuple(suites))


def tiny_config(workspace: Path, **sets: object) -> Config:
    """A run of some 200 calls that reaches the gate."""
    return resolve(
        {
            "name": "taste",
            "task": "unused",
            "budget": {"calls": 320},
            "search": {
                "children": 4,
                "blocks": [5, 10],
                "reserve": 4,
                "finalists": 2,
                "regression": 4,
                "stagnation": 2,
            },
            "gate": {
                "n": 24,
                "alpha": 0.3,
                "attempts_budget": 4,
                "look_every": 8,
                "min_discordant": 4,
                "regression_margin": 0.6,
                "regression_alpha": 0.3,
            },
        },
        folder=workspace,
        sets=[f"{key}={value}" for key, value in sets.items()],
    )


def reply(rendered: Rendered, example: Example) -> Response:
    """Hardly right as long as the system turn lacks one of three words."""
    system = rendered.turns[0].text if rendered.turns[0].role == "system" else ""
    skill = sum(word in system for word in ("clear", "short", "honest"))
    right = 1.0 if example.target == "good" else -1.0
    margin = 0.3 + 1.2 * skill * right + noise(system, example.id)
    return labelled(margin / 2 - 5, -margin / 2 - 5)


def write(request: Request) -> Completion:
    """A model that writes proposals, for ``models.proposer``."""
    digest = hashlib.sha256(f"{request.messages} {request.seed}".encode()).digest()
    words = [
        word for bit, word in enumerate(("clear", "short", "honest", "kind")) if digest[bit] % 2
    ]
    text = f"Judge the text. Be {' and '.join(words) or 'quick'}, case {digest[5]}."
    edits = [{"gene": "task", "text": text}]
    reply = {"label": "other", "hypothesis": "It helps.", "edits": edits, "expected": 5}
    return Completion(json.dumps(reply), None, 20, 20, 0.0)


@dataclass
class Steps:
    """Counts steps; dies at one of them."""

    kill_at: int | None = None
    labels: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, label: str) -> None:
        with self.lock:
            self.labels.append(label)
            if len(self.labels) == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)

    def around(self, function: Callable[..., Any], label: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.step(f"before {label}")
            try:
                return function(*args, **kwargs)
            finally:
                self.step(f"after {label}")

        return wrapped


@dataclass
class Agent:
    """Answers by ``reply``; every call is two steps."""

    steps: Steps
    fingerprint: str = "tiny"
    stateless: bool = True
    price: tuple[float, float] | None = (0.0, 0.0)

    def run(self, rendered: Rendered, example: Example) -> Response:
        return self.steps.around(reply, "call")(rendered, example)  # type: ignore[no-any-return]


def _watch(steps: Steps) -> None:
    Database._write = steps.around(Database._write, "store")  # type: ignore[method-assign]
    journal.append_whole = steps.around(journal.append_whole, "journal")  # type: ignore[attr-defined]
    folder.write_whole = steps.around(folder.write_whole, "champion")  # type: ignore[attr-defined]
    Path.write_text = steps.around(Path.write_text, "file")  # type: ignore[method-assign]
    # Pictures and the page take a second each and decide nothing.
    loop.write_report = lambda store, run_id, path: path.touch()  # type: ignore[attr-defined]
    report.plot_pareto = lambda points, path: path.touch()  # type: ignore[assignment]
    report.plot_progress = lambda points, path, **more: path.touch()  # type: ignore[assignment]


def _carry_out(order: dict[str, Any]) -> dict[str, Any]:
    steps = Steps(order["kill_at"])
    _watch(steps)
    workspace = Path(order["workspace"])
    if order["resume"]:
        result = resume(recall(workspace), task=tiny_task(), agent=Agent(steps))
    else:
        config = tiny_config(workspace, **order["sets"])
        result = run(config, task=tiny_task(), agent=Agent(steps))
    return {"summary": result.summary(), "steps": steps.labels}


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            answer = _carry_out(order)
        except BaseException as error:  # noqa: BLE001 (told to the parent)
            answer = {"error": f"{type(error).__name__}: {error}"}
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"killed": True}


class Worker:
    """The warm process, from the outside."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate("")

    def ask(
        self,
        workspace: Path,
        *,
        kill_at: int | None = None,
        resume: bool = False,
        **sets: object,
    ) -> dict[str, Any]:
        """Carries out or resumes a run; ``{"killed": True}`` if it died at the step."""
        order = {"workspace": str(workspace), "kill_at": kill_at, "resume": resume, "sets": sets}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _warm_up() -> None:
    """One run here loads all that would else be loaded in every child."""
    import joblib  # noqa: F401

    steps = Steps()
    _watch(steps)
    with tempfile.TemporaryDirectory() as folder:
        run(tiny_config(Path(folder)), task=tiny_task(), agent=Agent(steps))


if __name__ == "__main__":
    _warm_up()
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)  # noqa: T201
