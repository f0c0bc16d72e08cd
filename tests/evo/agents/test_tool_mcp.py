"""Tools of a real MCP server, over standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evo.agents.tools import JoinedTools, McpTools, ThreadTools
from genomes.errors import ModelError

SERVER = '''
import time
from mcp.server.mcpserver import MCPServer

server = MCPServer("shop")
cart = []


@server.tool()
def add(item: str, count: int = 1) -> str:
    """Adds to the cart."""
    cart.extend([item] * count)
    return ",".join(cart)


@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("no")


@server.tool()
def hang() -> str:
    """Never ends."""
    time.sleep(600)
    return ""


server.run()
'''


def here() -> str:
    """Not of the server."""
    return "here"


@pytest.mark.slow
def test_a_server_is_asked_fails_is_killed_and_is_fresh_each_time(tmp_path: Path) -> None:
    pytest.importorskip("mcp.server.mcpserver")
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    source = JoinedTools([McpTools([sys.executable, str(script)]), ThreadTools([here])])
    session = source.open({})
    try:
        assert [spec.name for spec in session.specs] == ["add", "fail", "hang", "here"]
        assert session.specs[0].parameters["required"] == ["item"]
        assert session.call("add", {"item": "a", "count": 2}, 60).text == "a,a"
        assert session.call("fail", {}, 60).error is not None
        assert session.call("here", {}, 60).text == "here"
        assert session.call("hang", {}, 0.5).problems == ("tool timed out",)
        assert session.call("add", {"item": "b"}, 60).text == "b", "started anew"
        assert session.end("done", 1) == "done"
    finally:
        session.close()


@pytest.mark.slow
def test_a_server_that_does_not_start_is_named() -> None:
    pytest.importorskip("mcp")
    with pytest.raises(ModelError, match="MCP server"):
        McpTools(["no-such-program-at-all"]).open({})
