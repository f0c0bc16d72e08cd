"""The block ``agent``: what is improved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from evo.config.blocks import Block
from evo.models.secrets import check_address, check_key_name

AgentKind = Literal["chat", "callable", "command", "http", "dspy", "tools"]

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "chat": (),
    "callable": ("target",),
    "command": ("command", "fingerprint"),
    "http": ("url", "fingerprint"),
    "dspy": ("target",),
    "tools": (),
}
_ALSO: Mapping[str, tuple[str, ...]] = {
    "chat": (),
    "callable": ("fingerprint", "stateless", "price"),
    "command": ("stateless", "timeout", "env", "cwd", "price"),
    "http": ("stateless", "timeout", "api_key_env", "price"),
    "dspy": ("fingerprint", "stateless", "output", "max_tokens", "max_steps"),
    "tools": (
        *("tools", "mcp", "isolation", "fingerprint", "stateless", "max_tokens", "max_steps"),
        *("timeout", "max_seconds", "max_money"),
    ),
}
_HINT = {
    "tools": "name them as module:name, e.g. shop:Shop for shop.py beside evo.yaml",
    "target": "name it as module:function, e.g. agent:answer for agent.py beside evo.yaml",
    "command": "e.g. [python3, agent.py]",
    "url": "e.g. http://127.0.0.1:8000/answer",
    "fingerprint": "any text that you change whenever its answers could, e.g. '1' or a commit",
}


class McpConfig(Block):
    """A server of tools that speaks MCP on standard input and output.

    Attributes:
        command: Program and arguments; no shell. It is started anew for each example.
        env: Names of environment variables that it may see besides the usual ones.
    """

    command: tuple[str, ...] = Field(min_length=1)
    env: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> McpConfig:
        for name in self.env:
            check_key_name(name)
        return self


class AgentConfig(Block):
    """The agent that is improved; one page on each kind is in ``docs/agents``.

    Attributes:
        kind: ``chat`` (asks ``models.task`` once), ``callable`` (a Python function), ``command``
            (JSON on standard input and output), ``http`` (an endpoint), ``dspy`` (a program
            that asks ``models.task``) or ``tools`` (``models.task`` calls tools).
        target: ``module:function``: the function, or the DSPy module or what makes it.
        command: Program and arguments; no shell.
        url: Address that is asked by POST.
        fingerprint: Text that changes whenever the agent's answers could; needed for command and
            http. Default for a function or program: a hash of the file that holds it.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour in a domain.
        timeout: Seconds until a command or a tool is killed or a request is given up.
        env: Names of environment variables that a command may see besides the usual ones.
        api_key_env: Name of the variable whose value is sent as a bearer token; never the key.
        cwd: Folder that a command or MCP server runs in; default that of ``evo.yaml``.
        output: Field of the DSPy prediction that is the answer.
        max_tokens: Longest reply to the DSPy program, where it does not say, or to the tool agent.
        max_steps: Most model calls of one run of the DSPy program; most replies, and most calls
            of tools, of the tool agent for one example.
        tools: ``module:name`` of a list of functions, or of a class or function that makes tools.
        mcp: Servers of further tools.
        isolation: ``process``: tools run in a process for each example and are killed when they
            hang; ``thread``: in this process, faster, and what hangs goes on.
        max_seconds: Most seconds of the tool agent for one example.
        max_money: Most USD of the tool agent for one example.
        price: USD per million tokens, (prompt, completion), of an agent that counts its tokens.
    """

    kind: AgentKind = "chat"
    target: str | None = None
    command: tuple[str, ...] | None = Field(default=None, min_length=1)
    url: str | None = None
    fingerprint: str | None = Field(default=None, min_length=1)
    stateless: bool = False
    timeout: float = Field(default=60.0, gt=0)
    env: tuple[str, ...] = ()
    api_key_env: str | None = None
    cwd: Path = Path()
    output: str | None = None
    max_tokens: int = Field(default=512, ge=1)
    max_steps: int = Field(default=20, ge=1)
    tools: str | None = None
    mcp: tuple[McpConfig, ...] = ()
    isolation: Literal["process", "thread"] = "process"
    max_seconds: float | None = Field(default=None, gt=0)
    max_money: float | None = Field(default=None, gt=0)
    price: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> AgentConfig:
        for name in _NEEDS[self.kind]:
            if getattr(self, name) is None:
                raise ValueError(f"an agent of kind {self.kind} needs {name}: {_HINT[name]}")
        if self.kind == "tools":
            self._names_its_tools()
        fitting = {"kind", *_NEEDS[self.kind], *_ALSO[self.kind]}
        # A config that was resolved and stored holds every key, so only values are compared.
        strange = [
            name
            for name, field in type(self).model_fields.items()
            if name not in fitting and name != "cwd" and getattr(self, name) != field.default
        ]
        if strange:
            raise ValueError(f"{strange[0]} does not belong to an agent of kind {self.kind}")
        return self

    def _names_its_tools(self) -> None:
        if self.tools is None and not self.mcp:
            raise ValueError(f"an agent of kind tools needs tools or mcp: {_HINT['tools']}")
        if self.mcp and self.fingerprint is None:
            raise ValueError(
                f"an agent with mcp needs fingerprint: {_HINT['fingerprint']}, for what a server "
                "does is not known"
            )

    @model_validator(mode="after")
    def _well_formed(self) -> AgentConfig:
        if self.target is not None and ":" not in self.target:
            raise ValueError(f"target is {self.target!r}: {_HINT['target']}")
        if self.tools is not None and ":" not in self.tools:
            raise ValueError(f"tools is {self.tools!r}: {_HINT['tools']}")
        for name in (self.api_key_env, *self.env):
            check_key_name(name)
        try:
            check_address(self.url)
        except ValueError as error:
            raise ValueError(str(error).replace("base_url", "url")) from None
        return self

    @property
    def asks_a_model(self) -> bool:
        """Whether ``models.task`` is used."""
        return self.kind in ("chat", "dspy", "tools")
