"""Each kind of agent has a page whose example is executed as it stands."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pages import DOCS, blocks, run_page

from evo.config.agent import AgentConfig, AgentKind

KINDS = get_args(AgentKind)


def _free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_the_page_improves_its_agent(kind: str, tmp_path: Path) -> None:
    said = run_page(f"agents/{kind}.md", tmp_path, {"8765": _free_port()})
    assert "tickets/gate" in said, "validate has shown the suites"
    assert "PROMOTE" in said
    gain = re.search(r"champion .*?\+(\d\.\d+) \(", said)
    assert gain is not None
    assert float(gain[1]) > 0.2, "from chance to showing tickets"
    assert (tmp_path / "champions" / "tickets" / "HEAD").is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_that_a_page_speaks_of_is_one(kind: str) -> None:
    configs = [
        yaml.safe_load(block.text)
        for block in blocks(f"agents/{kind}.md")
        if block.language == "yaml" and block.file != "genome.yaml"
    ]
    for config in configs:
        assert set(config.get("agent", {})) <= set(AgentConfig.model_fields)
    assert configs[-1].get("agent", {"kind": "chat"})["kind"] == kind


def test_every_page_is_of_a_kind() -> None:
    assert {path.stem for path in (DOCS / "agents").glob("*.md")} == set(KINDS)
