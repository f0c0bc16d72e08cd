"""From a config to the agent that is improved, and to the model that writes proposals."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from evo.agents import CallableAgent, ChatAgent, CommandAgent, DspyAgent, HttpAgent, ToolAgent
from evo.agents.source import source_hash
from evo.agents.tools import JoinedTools, Limits, McpTools, ProcessTools, ThreadTools, ToolSource
from evo.agents.tools.rules import check_genome
from evo.agents.tools.worker import load
from evo.models import (
    LimitedModel,
    Limiter,
    LocalModel,
    Model,
    Pace,
    Price,
    ProviderModel,
    ScriptedModel,
    pull,
)
from fitness.scorers import load_function
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evo.config import AgentConfig, ModelConfig, ModelsConfig
    from evo.task import Task
    from fitness.protocols import Agent

_MILLION = 1_000_000
_TIMEOUT_SECONDS = 60.0


def build_agent(
    model: ModelConfig,
    agent: AgentConfig | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Agent:
    """The agent that the config names.

    Args:
        model: The block ``models.task``; only ``chat``, ``dspy`` and ``tools`` use it.
        agent: The block ``agent``; default a chat.
        progress: Told (bytes done, bytes in all) if a catalogue model has to be fetched.

    Raises:
        ModelError: The model is missing, cannot be fetched or loaded, or a key is not set.
        ConfigError: A function does not exist, or is not what the agent needs.
    """
    if agent is None or agent.kind == "chat":
        return ChatAgent(build_model(model, progress=progress))
    if agent.kind == "dspy":
        return _dspy(agent, build_model(model, progress=progress))
    if agent.kind == "tools":
        return _tools(agent, build_model(model, progress=progress))
    price = _per_token(agent.price)
    if agent.kind == "callable":
        return CallableAgent(
            load_function(str(agent.target)),
            agent.fingerprint or source_hash(str(agent.target)),
            stateless=agent.stateless,
            price=price,
        )
    if agent.kind == "http":
        return HttpAgent(
            str(agent.url),
            str(agent.fingerprint),
            timeout=agent.timeout,
            api_key_env=agent.api_key_env,
            stateless=agent.stateless,
            price=price,
        )
    return CommandAgent(
        agent.command or (),
        str(agent.fingerprint),
        timeout=agent.timeout,
        cwd=agent.cwd,
        env=agent.env,
        stateless=agent.stateless,
        price=price,
    )


def check_agent(agent: AgentConfig, task: Task | None = None) -> None:
    """What can be known of an agent before it is asked: it is there, and has the tools that the
    rules of the task's seed speak of.

    Raises:
        ConfigError: The function does not exist, or there is no such program.
        ModelError: The tools cannot be made.
        GenomeError: A rule speaks of a tool or argument that does not exist.
    """
    if agent.target is not None:
        load_function(agent.target)
    if agent.tools is not None:
        load(agent.tools)
    for server in agent.mcp:
        _check_program(server.command[0], agent, "agent.mcp")
    if agent.command is not None:
        _check_program(agent.command[0], agent, "agent.command")
    if agent.kind == "tools" and task is not None:
        inputs = (example.inputs for suite in task.suites for example in suite)
        check_genome(task.seed, build_tools(agent, Limits().longest), inputs)


def _check_program(program: str, agent: AgentConfig, where: str) -> None:
    # A name with a folder is looked for where the command runs, any other on the path.
    place = str(agent.cwd / program) if "/" in program else program
    if shutil.which(place) is None:
        raise ConfigError(
            f"there is no program {program!r}",
            where=where,
            remedy="install it, or write a program beside evo.yaml as ./program",
        )


def _dspy(agent: AgentConfig, model: Model) -> Agent:
    return DspyAgent(
        load_function(str(agent.target)),
        model,
        agent.fingerprint or source_hash(str(agent.target)),
        output=agent.output,
        max_tokens=agent.max_tokens,
        max_steps=agent.max_steps,
        stateless=agent.stateless,
    )


def _tools(agent: AgentConfig, model: Model) -> Agent:
    limits = Limits(
        max_steps=agent.max_steps,
        timeout=agent.timeout,
        max_seconds=agent.max_seconds,
        max_money=agent.max_money,
        max_tokens=agent.max_tokens,
    )
    return ToolAgent(
        model,
        build_tools(agent, limits.longest),
        agent.fingerprint or source_hash(str(agent.tools)),
        limits=limits,
        stateless=agent.stateless,
    )


def build_tools(agent: AgentConfig, longest: int) -> ToolSource:
    """Where the tools of an agent of kind ``tools`` come from; none is started.

    Args:
        agent: The block.
        longest: Characters after which an observation is cut.

    Raises:
        ConfigError: There is no such module, or the package ``mcp`` is missing.
    """
    found: list[ToolSource] = []
    if agent.tools is not None and agent.isolation == "process":
        found.append(ProcessTools(agent.tools, longest=longest))
    elif agent.tools is not None:
        found.append(ThreadTools(load(agent.tools), longest=longest))
    found.extend(
        McpTools(server.command, env=server.env, cwd=agent.cwd, longest=longest)
        for server in agent.mcp
    )
    return found[0] if len(found) == 1 else JoinedTools(found)


def build_model(
    config: ModelConfig,
    *,
    progress: Callable[[int, int], None] | None = None,
    limiter: Limiter | None = None,
) -> Model:
    """The model that the config names; see ``build_agent``.

    Args:
        config: The block of one model.
        progress: Told (bytes done, bytes in all) if a catalogue model has to be fetched.
        limiter: Of another model of the same endpoint; shared, with the stricter bounds.
    """
    if config.kind == "local":
        path = config.path or pull(str(config.name), progress=progress)
        return LocalModel(Path(path), threads=config.threads)
    pace = Pace(config.concurrency, config.requests_per_minute, config.tokens_per_minute)
    if config.kind == "scripted" and pace == Pace():
        return _unlimited(config)
    limiter = limiter or Limiter()
    limiter.tighten(pace)
    return LimitedModel(_unlimited(config), limiter)


def _unlimited(config: ModelConfig) -> Model:
    price = _per_token(config.price)
    if config.kind == "provider":
        return ProviderModel(
            str(config.name),
            base_url=config.base_url,
            api_key_env=config.api_key_env,
            price=price,
            timeout=config.timeout or _TIMEOUT_SECONDS,
            json_schema=config.json_schema,
        )
    reply: Callable[[Any], Any] = load_function(str(config.name))
    return ScriptedModel(reply, name=str(config.name), price=price)


def _endpoint(config: ModelConfig) -> tuple[str | None, ...]:
    """What a provider's limits are counted by: address or provider, and key."""
    provider = str(config.name).partition("/")[0]
    return (config.kind, config.base_url or provider, config.api_key_env)


def build_proposer(
    config: ModelsConfig, agent: Agent, *, progress: Callable[[int, int], None] | None = None
) -> Model | None:
    """The model that writes proposals; ``None`` if the config names none.

    Where it is the very model behind the agent, it is shared: two local engines would fight for
    the same processors.

    Raises:
        ModelError: The model is missing, cannot be fetched or loaded, or its key is not set.
        ConfigError: The function of a scripted model does not exist.
    """
    if config.proposer is None:
        return None
    return build_beside(config.proposer.model, config.task, agent, progress=progress)


def build_beside(
    config: ModelConfig,
    task: ModelConfig,
    agent: Agent,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Model:
    """A further model of a run: the very one behind the agent if that is meant, else a new one,
    at the pace of the agent's where the endpoint is the same.

    Args:
        config: The block of the further model.
        task: The block of the model behind the agent.
        agent: Built of ``task``, or one that asks no model.
        progress: As for ``build_agent``.
    """
    if config == task and isinstance(agent, ChatAgent):
        return agent.model
    behind = getattr(agent, "model", None)
    same = isinstance(behind, LimitedModel) and _endpoint(config) == _endpoint(task)
    limiter = behind.limiter if isinstance(behind, LimitedModel) and same else None
    return build_model(config, progress=progress, limiter=limiter)


def _per_token(price: tuple[float, float] | None) -> Price | None:
    if price is None:
        return None
    prompt, completion = price
    return (prompt / _MILLION, completion / _MILLION)
