"""What can be improved.

``ChatAgent`` asks a model once for each example. The user's own agent is a ``CallableAgent``
(Python function), a ``CommandAgent`` (JSON on standard input and output), an ``HttpAgent``
(endpoint) or a ``DspyAgent`` (program of DSPy, which is imported when one is made). ``ToolAgent``
is a loop of a model and tools, see ``evo.agents.tools``.
"""

from evo.agents.callable import CallableAgent
from evo.agents.chat import ChatAgent
from evo.agents.command import CommandAgent
from evo.agents.dspy_program import DspyAgent
from evo.agents.http import HttpAgent
from evo.agents.tools import ToolAgent

__all__ = ["CallableAgent", "ChatAgent", "CommandAgent", "DspyAgent", "HttpAgent", "ToolAgent"]
