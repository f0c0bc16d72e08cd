"""``evogate bench overhead``: what an evaluation costs besides the model, which answers at once."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.lines import Line, emit
from evo.agents import ChatAgent
from evo.models import Completion, Request, ScriptedModel
from evo.storage import Store
from fitness.budget import Budget, Limits
from fitness.evaluator import Evaluator
from fitness.stats import mean_interval
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome

EXAMPLES = 1000


def main(*, seeds: int = 5, json: bool = False, out: Path | None = None) -> None:
    """Times new evaluations (store, ledger, scoring included) and replayed ones.

    Args:
        seeds: Repetitions.
        json: One JSON line a measurement on standard output, instead of a table.
        out: Folder for the stores; default a temporary one.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        timed = [_time_once(folder / f"overhead-{time.time_ns()}.db") for _ in range(seeds)]
    names = ("new", "stored", "replayed")
    emit([_line(name, [t[i] for t in timed]) for i, name in enumerate(names)], json=json)


def _reply(request: Request) -> Completion:
    good = float(len(request.messages[-1]["content"]) % 2)
    alternatives = (("good", good - 1.0), ("bad", -0.5))
    return Completion("good", alternatives, prompt_tokens=20, completion_tokens=1)


def _time_once(path: Path) -> tuple[float, float, float]:
    """Milliseconds an evaluation: bought, read from the store, seen before in this run."""
    genome, suite = _world()
    agent = ChatAgent(ScriptedModel(_reply, name="overhead"))
    times = []
    with Store(path) as store:
        for run_id in ("first", "second"):
            store.start_run(run_id, "overhead", "{}", 0)
            evaluator = Evaluator(agent, store, run_id)
            times.append(_milliseconds(evaluator, genome, suite))
        times.append(_milliseconds(evaluator, genome, suite))
    return times[0], times[1], times[2]


def _milliseconds(evaluator: Evaluator, genome: Genome, suite: Suite) -> float:
    started = time.perf_counter()
    evaluator.evaluate([genome], suite, suite.examples, budget=Budget(Limits()), purpose="overhead")
    return 1000 * (time.perf_counter() - started) / len(suite)


def _world() -> tuple[Genome, Suite]:
    domain = Domain(name="d", inputs=("text",), labels=("good", "bad"), top_logprobs=5)
    genome = Genome(
        domains=(domain,), genes=(FragmentGene(id="user", place="user", text="{{ text }}"),)
    )
    examples = tuple(
        Example(f"e{i}", {"text": f"text number {i}"}, "good" if i % 2 else "bad", "d", f"c{i}")
        for i in range(EXAMPLES)
    )
    return genome, Suite("d/search", "search", "d", examples)


def _line(name: str, values: list[float]) -> Line:
    mean = mean_interval(np.array(values))
    known = len(values) > 1
    return Line(
        bench="overhead",
        task="evaluation",
        method=name,
        metric="milliseconds",
        value=mean.estimate,
        low=mean.low if known else None,
        high=mean.high if known else None,
        n=len(values),
    )
