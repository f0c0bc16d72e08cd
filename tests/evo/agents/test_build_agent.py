from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evo.agents import CallableAgent, ChatAgent, CommandAgent, DspyAgent, HttpAgent, ToolAgent
from evo.build_agent import build_agent, check_agent
from evo.config import AgentConfig, Config, resolve
from evo.task import Task
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec, PolicyGene
from genomes.errors import ConfigError, GenomeError

SCRIPTED = {"task": {"kind": "scripted", "name": "mine:reply"}}


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module ``mine`` beside ``evo.yaml``."""
    file = tmp_path / "mine.py"
    file.write_text(
        "def reply(request): ...\ndef answer(messages, inputs): return 'a'\n"
        "def look(name: str): ...\nTOOLS = [look]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    return file


def config(folder: Path, **agent: object) -> Config:
    return resolve({"name": "a", "task": "t:t", "models": SCRIPTED, "agent": agent}, folder=folder)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ({}, ChatAgent),
        ({"kind": "callable", "target": "mine:answer"}, CallableAgent),
        ({"kind": "command", "command": ["python3", "x.py"], "fingerprint": "1"}, CommandAgent),
        ({"kind": "http", "url": "http://127.0.0.1:1", "fingerprint": "1"}, HttpAgent),
        ({"kind": "tools", "tools": "mine:TOOLS"}, ToolAgent),
        ({"kind": "tools", "tools": "mine:TOOLS", "isolation": "thread"}, ToolAgent),
    ],
)
def test_each_kind_is_built_and_survives_being_stored(mine, tmp_path, agent, kind):
    found = config(tmp_path, **agent)
    built = build_agent(found.models.task, found.agent)
    assert isinstance(built, kind)
    again = Config.model_validate_json(found.model_dump_json())
    assert again == found
    assert build_agent(again.models.task, again.agent).fingerprint == built.fingerprint


def test_a_function_without_a_fingerprint_has_that_of_its_file(mine, tmp_path):
    found = config(tmp_path, kind="callable", target="mine:answer")

    def fingerprint() -> str:
        return build_agent(found.models.task, found.agent).fingerprint

    before = fingerprint()
    assert fingerprint() == before
    mine.write_text(mine.read_text() + "# changed\n")
    assert fingerprint() != before


def test_what_is_declared_arrives(tmp_path):
    found = config(tmp_path, kind="command", command=["x"], fingerprint="1", stateless=True,
                   price=[2.0, 4.0])  # fmt: skip
    built = build_agent(found.models.task, found.agent)
    assert built.stateless
    assert built.price == (2e-6, 4e-6)
    assert found.agent.cwd == tmp_path


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ({"kind": "callable"}, "needs target"),
        ({"kind": "callable", "target": "mine"}, "module:function"),
        ({"kind": "command", "command": ["x"]}, "needs fingerprint"),
        ({"kind": "command", "command": []}, "agent.command"),
        ({"kind": "http", "fingerprint": "1"}, "needs url"),
        ({"kind": "http", "url": "localhost:80/x", "fingerprint": "1"}, "url should be"),
        ({"kind": "http", "url": "http://a:b@c/", "fingerprint": "1"}, "api_key_env"),
        ({"kind": "http", "url": "http://c/", "fingerprint": "1", "api_key_env": "sk-1b2"}, "NAME"),
        ({"kind": "chat", "url": "http://a"}, "url does not belong"),
        ({"kind": "callable", "target": "a:b", "timeout": 3}, "timeout does not belong"),
        ({"kind": "robot"}, "'robot'"),
        ({"kind": "tools"}, "needs tools or mcp"),
        ({"kind": "tools", "tools": "mine"}, "module:name"),
        ({"kind": "tools", "mcp": [{"command": ["x"]}]}, "needs fingerprint"),
        ({"kind": "tools", "mcp": [{"command": []}], "fingerprint": "1"}, "command"),
        ({"kind": "chat", "tools": "a:b"}, "tools does not belong"),
        ({"kind": "chat", "max_money": 1}, "max_money does not belong"),
    ],
)
def test_a_wrong_block_is_refused_by_key(tmp_path, agent, said):
    with pytest.raises(ConfigError, match=said) as caught:
        config(tmp_path, **agent)
    assert "b@c" not in str(caught.value), "a password is not repeated"
    assert "sk-1b2" not in str(caught.value), "nor is a key"


def test_what_is_missing_is_found_before_it_is_asked(mine, tmp_path):
    check_agent(AgentConfig(kind="callable", target="mine:answer"))
    with pytest.raises(ConfigError, match="nothing"):
        check_agent(AgentConfig(kind="callable", target="mine:nothing"))
    there = tmp_path / "run.sh"
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    for program, found in (("./run.sh", True), ("./gone.sh", False), ("no-such-tool", False)):
        agent = AgentConfig(kind="command", command=(program,), fingerprint="1", cwd=tmp_path)
        if found:
            check_agent(agent)
        else:
            with pytest.raises(ConfigError, match="there is no program"):
                check_agent(agent)


def test_rules_on_tools_that_do_not_exist_are_found_before_a_run(mine):
    suite = Suite("t/search", "search", "t", (Example("1", {"q": "a"}, "b", "t", "c"),), "exact")
    for rule, refused in (("look first", False), ("lok first", True)):
        seed = Genome(
            domains=(Domain(name="t", inputs=("q",)),),
            genes=(
                PolicyGene(id="rules", rules=(rule,)),
                FragmentGene(id="template", place="user", text="{{ q }}"),
            ),
        )
        task = Task("t", "t", seed, GenomeSpec(slots=()), (suite,))
        agent = AgentConfig(kind="tools", tools="mine:TOOLS", isolation="thread")
        if refused:
            with pytest.raises(GenomeError, match="unknown tool 'lok'"):
                check_agent(agent, task)
        else:
            check_agent(agent, task)


def test_a_program_of_dspy_is_built_over_the_model(mine, tmp_path):
    mine.write_text(
        mine.read_text() + "def program():\n    import dspy\n    return dspy.Predict('a -> b')\n"
    )
    found = config(tmp_path, kind="dspy", target="mine:program")
    assert isinstance(build_agent(found.models.task, found.agent), DspyAgent)
