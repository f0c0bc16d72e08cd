"""The tool agent: a model calls tools under the genome's rules and decisions.

``ToolAgent`` with its ``Limits``. Tools: ``tool``, ``ToolSpec``, ``ToolFunction``; where they come
from: ``ToolSource``, ``Session``, ``ProcessTools`` (a process for each example),
``ThreadTools`` (in this one), ``McpTools`` (MCP servers), ``JoinedTools`` (several).
What was done: ``problems``. For scoring worlds: ``succeeded``.
"""

from evo.agents.tools.agent import ToolAgent
from evo.agents.tools.joined import JoinedTools
from evo.agents.tools.limits import Limits
from evo.agents.tools.mcp import McpTools
from evo.agents.tools.parsing import Parsed, parse_reply
from evo.agents.tools.processes import ProcessTools
from evo.agents.tools.session import Session, ToolSource
from evo.agents.tools.spec import ToolFunction, ToolSpec, tool
from evo.agents.tools.threads import ThreadTools
from evo.agents.tools.trace import problems
from evo.agents.tools.worlds import succeeded

__all__ = [
    "JoinedTools",
    "Limits",
    "McpTools",
    "Parsed",
    "ProcessTools",
    "Session",
    "ThreadTools",
    "ToolAgent",
    "ToolFunction",
    "ToolSource",
    "ToolSpec",
    "parse_reply",
    "problems",
    "succeeded",
    "tool",
]
