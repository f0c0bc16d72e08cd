"""Before a run: the champion in force must fit the task, the agent and the data of today."""

from __future__ import annotations

from typing import Any

from evo.agents import ToolAgent
from evo.champion import Registry
from evo.champion.conditions import KEY, REBASELINE, changes, conditions, latest, merged
from evo.task import Task
from fitness.protocols import Agent
from genomes import Genome
from genomes.errors import ConfigError, GenomeError
from genomes.extension import extended, new_domains


def settle(registry: Registry, task: Task, agent: Agent, run_id: str) -> None:
    """Puts a champion in force that fits, and journals what changed since the last run.

    The first run makes the seed the champion. Another agent, model or suite gets a line
    ``rebaseline``: older evidence is stale, and this run measures the champion anew. Domains
    that only the seed has are added; all others stay byte-identical.

    Raises:
        ConfigError: The seed changes, lacks or reorders a domain of the champion.
        GenomeError: A new domain cannot be rendered, or a rule of the seed speaks of a tool that
            the agent does not have.
    """
    _check_tools(task, agent)
    now = conditions(agent.fingerprint, [(suite.name, suite.hash) for suite in task.suites])
    if not registry.initialised:
        registry.init(task.seed, links={KEY: now})
        return
    champion = registry.head().genome
    new = _new_domains(champion, task)
    _rebaseline(registry, now, run_id)
    if new:
        reason = f"new: {', '.join(new)}"
        registry.extend(extended(champion, task.seed), new, reason=reason)


def _rebaseline(registry: Registry, now: dict[str, Any], run_id: str) -> None:
    before = latest(registry.history())
    if before is None:
        reason = "conditions were not noted before"
    else:
        now = merged(before, now)
        reason = "; ".join(changes(before, now)) or "there are more suites"
    if before == now:
        return
    registry.note(REBASELINE, {"run": run_id, "reason": reason, KEY: now})


def _check_tools(task: Task, agent: Agent) -> None:
    if isinstance(agent, ToolAgent):
        agent.check(task.seed, (example.inputs for suite in task.suites for example in suite))


def _new_domains(champion: Genome, task: Task) -> tuple[str, ...]:
    try:
        return new_domains(champion, task.seed)
    except GenomeError as error:
        raise ConfigError(
            "the champion in force has another contract (domains, inputs or labels) than the seed",
            where=f"champions/{task.name}",
            remedy="only add domains, behind or between the old ones; or give the changed agent "
            "another name",
        ) from error
