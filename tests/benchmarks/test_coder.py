"""The coder task: roles, the programs that answers stand for, and the process they run in."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks.coder import data, sandbox
from benchmarks.coder.sandbox import runs
from benchmarks.coder.score import _passes, human_eval, program
from benchmarks.coder.task import coder
from evo.cli.scaffold import example_config
from evo.config import resolve
from evo.task import Task
from fitness.reading import Answer
from fitness.scorers import is_pass_fail, scorer
from fitness.suites.checks import check_suites
from genomes import render
from genomes.variation import violation

PROBLEMS = 120


def _line(number: int) -> str:
    row = {
        "task_id": f"HumanEval/{number}",
        "prompt": f'import math\n\n\ndef add(x):\n    """Adds {number}."""\n',
        "entry_point": "add",
        "canonical_solution": f"    return math.floor(x) + {number}\n",
        "test": f"def check(candidate):\n    assert candidate(1) == {number + 1}\n",
    }
    return json.dumps(row)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    content = gzip.compress("\n".join(map(_line, range(PROBLEMS))).encode())
    monkeypatch.setattr(data, "read_member", lambda wheel, path: content)
    data.problems.cache_clear()
    _passes.cache_clear()
    yield
    data.problems.cache_clear()
    _passes.cache_clear()


@pytest.fixture
def task(planted: None) -> Task:
    return coder()


def test_each_problem_plays_one_role_and_tests_are_no_input(task: Task) -> None:
    every = [one for suite in task.suites for one in suite]
    shown = {demo.example_id for demo in task.spec.pool(())}
    assert len(every) + len(shown) == PROBLEMS
    assert not shown & {one.id for one in every}
    assert all(set(one.inputs) == {"prompt"} for one in every)
    check_suites(task.suites, {domain.name: domain.labels for domain in task.seed.domains})
    assert violation(task.seed, task.spec) is None
    assert render(task.seed, "coder").sampling.max_tokens > 100


def test_the_scorer_is_announced_and_gives_pass_or_fail() -> None:
    assert scorer("human_eval") is human_eval
    assert is_pass_fail("human_eval")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("    return math.floor(x) + 3", True),
        ("return math.floor(x) + 3", True),
        ("def add(x):\n    return math.floor(x) + 3", True),
        ("Sure!\n```python\ndef add(x):\n    return x + 3\n```\nIt adds.", True),
        ("```\ndef helper(x):\n    return 3\n\ndef add(x):\n    return x + helper(x)\n```", True),
        ("```python\ndef add(x):\n    return x + 3", True),  # cut off before the fence
        ("return x + 4", False),
        ("def add(x):\n    return x +", False),
        ("I cannot do that.", False),
        ("", False),
        (None, False),
        ("def sub(x):\n    return x + 3", False),
        ("raise SystemExit(0)", False),
        ("import os\n    os._exit(0)", False),
        ("def add(x):\n    return x + 3\nraise SystemExit(0)", False),
    ],
)
def test_which_answers_pass(planted: None, answer: str | None, right: bool) -> None:
    example = next(one for one in data.examples() if one.id == "HumanEval/3")
    assert human_eval(Answer(answer), example) == float(right)


def test_the_targets_pass(planted: None) -> None:
    for example in data.examples()[:3]:
        assert human_eval(Answer(example.target), example) == 1.0


def test_an_answer_is_run_once(planted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr("benchmarks.coder.score.runs", lambda code: ran.append(code) or True)
    example = data.examples()[5]
    assert human_eval(Answer("return 1"), example) == human_eval(Answer("return 1"), example) == 1
    assert len(ran) == 1


def test_a_body_keeps_its_own_indentation(planted: None) -> None:
    problem = data.problems()["HumanEval/0"]
    code = program("    if x:\n        return 1\n    return 2", problem)
    assert code is not None
    assert code.endswith("    if x:\n        return 1\n    return 2")


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "open('/tmp/evogate-was-here', 'w')",
        "import os; os.open('../x', os.O_CREAT | os.O_WRONLY)",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "import ctypes; ctypes.CDLL(None)",
        "import os; os.kill(os.getppid(), 0)",
        "x = bytearray(4 << 30)",
        "while True: pass",
        "import time; time.sleep(60)",
        "1 / 0",
        "raise SystemExit",
        "print('+' * 100)\nraise ValueError",
    ],
)
def test_what_the_process_refuses(code: str) -> None:
    assert not runs(code, seconds=1)
    assert not Path("/tmp/evogate-was-here").exists()


def test_what_the_process_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "s3cret")
    code = (
        "import collections, hashlib, itertools, math, os, random, re, string, typing\n"
        "assert 'MY_API_KEY' not in os.environ\n"
        "assert hashlib.md5(b'x').hexdigest()\n"
        "print('noise')\n"
        "open('mine', 'w').write('x')\n"
        "assert open('mine').read() == 'x' and os.listdir() == ['mine']\n"
    )
    assert runs(code)


def test_a_process_that_does_not_start_is_no_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_RUNNER", "raise RuntimeError")
    with pytest.raises(OSError, match="did not start"):
        runs("pass")


def test_its_settings_make_a_config() -> None:
    config = resolve(yaml.safe_load(example_config("coder", "coder")))
    assert config.models.task.name == "qwen2.5-coder-0.5b"


@pytest.mark.model
@pytest.mark.network
def test_the_small_coder_solves_some_of_the_first_problems(tmp_path: Path) -> None:
    from evo.build_agent import build_agent

    config = resolve(yaml.safe_load(example_config("coder", "coder")), folder=tmp_path)
    model = config.models.task.model_copy(update={"threads": 1})
    agent, seed = build_agent(model), render(coder().seed, "coder")
    solved = [
        human_eval(Answer(agent.run(seed, example).text), example)
        for example in data.examples()[:4]
    ]
    assert sum(solved) >= 1


@pytest.mark.network
def test_every_solution_of_the_authors_passes() -> None:
    assert all(human_eval(Answer(one.target), one) for one in data.examples())
