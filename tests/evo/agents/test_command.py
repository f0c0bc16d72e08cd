from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from support import MemoryStore

from evo.agents import CommandAgent
from fitness.budget import Budget, Limits
from fitness.evaluator import Evaluator, Policy
from fitness.protocols import Agent
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome
from genomes.errors import ModelError, TransientModelError
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn

EXAMPLE = Example("1", {"text": "ä\ud800"}, "yes", "d", "c")
RENDERED = Rendered("d", (Turn("user", "Q: {{ text }}"),), Sampling(0.5, 3, 4), ReadingRule())
READ = "import json, sys; asked = json.load(sys.stdin)\n"


def agent(code: str, **settings: object) -> CommandAgent:
    return CommandAgent([sys.executable, "-c", code], "1", **settings)  # type: ignore[arg-type]


def run(code: str, **settings: object) -> object:
    return agent(code, **settings).run(RENDERED, EXAMPLE)


def test_a_command_reads_the_question_and_writes_the_answer():
    one: Agent = agent(READ + "print(json.dumps({'text': json.dumps(asked), 'steps': 2}))")
    got = one.run(RENDERED, EXAMPLE)
    assert json.loads(got.text) == {
        "messages": [{"role": "user", "content": "Q: ä\ud800"}],
        "inputs": {"text": "ä\ud800"},
        "sampling": {"temperature": 0.5, "max_tokens": 3, "top_logprobs": 4},
    }
    assert (got.steps, got.status, one.stateless, one.price) == (2, "ok", False, None)
    assert got.seconds > 0


def test_a_command_need_not_read_its_input():
    assert run('print(\'{"text": "a"}\')').text == "a"


def test_an_exit_code_is_a_failure_of_the_infrastructure_with_what_it_said():
    with pytest.raises(TransientModelError, match=r"exit code 3: .*out of paper"):
        run("import sys; sys.stderr.write('x' * 400 + 'out of paper'); sys.exit(3)")


def test_death_by_signal_is_named():
    with pytest.raises(TransientModelError, match="signal SIGKILL"):
        run("import os; os.kill(os.getpid(), 9)")


@pytest.mark.parametrize("said", ["hello", "", '{"reply": "a"}', "{"])
def test_malformed_output_ends_the_run_with_a_clear_error(said):
    with pytest.raises(ModelError, match="the agent's command gave") as caught:
        run(f"print({said!r})")
    assert not isinstance(caught.value, TransientModelError), "another try would not cure it"


def test_a_program_that_is_not_there_is_no_transient_failure():
    with pytest.raises(ModelError, match="cannot start") as caught:
        CommandAgent(["./no-such-program"], "1").run(RENDERED, EXAMPLE)
    assert not isinstance(caught.value, TransientModelError)


def test_time_out_kills_all_that_the_command_started(tmp_path: Path):
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    with pytest.raises(TransientModelError, match="longer than 3 s"):
        run(code, timeout=3)
    assert _ends(int(note.read_text()))


def test_nothing_that_the_command_started_outlives_its_answer(tmp_path: Path):
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys\n"
        "nothing = subprocess.DEVNULL\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],\n"
        "                         stdin=nothing, stdout=nothing, stderr=nothing)\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        'print(\'{"text": "good"}\')\n'
    )
    assert run(code).text == "good"
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # killed; waits for its new parent
            return True
        time.sleep(0.05)
    return False


def test_no_secret_reaches_a_command_unless_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_API_KEY", "s3cret")
    show = "import json, os; print(json.dumps({'text': os.environ.get('MY_API_KEY', 'none')}))"
    assert run(show).text == "none"
    assert run(show, env=["MY_API_KEY"]).text == "s3cret"


def test_a_secret_on_standard_error_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_API_KEY", "s3cret")
    with pytest.raises(TransientModelError) as caught:
        run("import os, sys; sys.exit('bad key ' + os.environ['MY_API_KEY'])", env=["MY_API_KEY"])
    assert "bad key ***" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_named_variable_that_is_not_set_is_said_before_the_first_call():
    with pytest.raises(ModelError, match="NOT_THERE"):
        agent("", env=["NOT_THERE"])


def test_it_runs_in_its_folder(tmp_path: Path):
    got = run("import json, os; print(json.dumps({'text': os.getcwd()}))", cwd=tmp_path)
    assert Path(got.text) == Path(os.path.realpath(tmp_path))


def test_fingerprint_follows_version_and_command():
    prints = {
        CommandAgent(command, version).fingerprint
        for command in (["a"], ["a", "b"])
        for version in "12"
    }
    assert len(prints) == 4


def test_a_failed_call_is_missing_and_a_limit_is_wrong():
    code = READ + (
        "text = asked['inputs']['text']\n"
        "if text == 'fails': sys.exit(1)\n"
        "status = 'limit' if text == 'gives up' else 'ok'\n"
        "print(json.dumps({'text': 'yes', 'status': status}))"
    )
    examples = tuple(
        Example(text, {"text": text}, "yes", "d", text) for text in ("works", "fails", "gives up")
    )
    suite = Suite("d/search", "search", "d", examples)
    genome = Genome(
        domains=(Domain(name="d", inputs=("text",), max_tokens=3),),
        genes=(FragmentGene(id="t", place="user", text="{{ text }}"),),
    )
    evaluator = Evaluator(agent(code), MemoryStore(), "run", Policy(retries=0))
    (row,) = evaluator.evaluate([genome], suite, examples, budget=Budget(Limits()), purpose="t")
    assert [outcome.score for outcome in row] == [1.0, None, 0.0]
    assert "exit code 1" in str(row[1].note)
