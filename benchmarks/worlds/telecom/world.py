"""The telecom world: a phone and an account with planted faults, and the tools to repair both."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from benchmarks.worlds.telecom.data import DATA, Task, known, tasks
from benchmarks.worlds.telecom.simulator import member, module
from benchmarks.worlds.world import Observation, Score, WorldTool
from genomes.errors import EvogateError

_LONGEST = 20_000
"""Characters of an observation that an agent is shown."""

_TABLES = ("db.toml", "user_db.toml")
"""Account and phone before any fault."""

_HAND_OVER = "transfer_to_human_agents"

SIDES = {"assistant": "Account", "user": "Device"}
"""Side of the simulator to the class of its tools."""


class TelecomWorld:
    """Runs one episode at a time; the agent handles the phone itself, no user is simulated.

    An episode succeeds if all assertions of the source hold at the end and the case was handed over
    to a human where the source asks for it, and only there. A call that fails is counted and does
    not decide. Nothing is drawn, so the seed of ``reset`` changes nothing. The figures are not the
    official score of the benchmark, in which a simulated user holds the phone.
    """

    def __init__(self) -> None:
        self._task: Task | None = None
        self._environment: Any = None
        self._made: list[str] = []
        self._errors = 0

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of the 114 base tasks."""
        return tuple(tasks())

    @property
    def tools(self) -> tuple[WorldTool, ...]:
        """The 43 tools, the same for all tasks."""
        return catalogue()

    @property
    def phone(self) -> Any:
        """The device side of the simulator, to look at."""
        return self._present().user_tools

    @property
    def account(self) -> Any:
        """The account side of the simulator, to look at."""
        return self._present().tools

    @property
    def state(self) -> str:
        """All that later calls can depend on: account and phone as JSON."""
        return "\n".join(_written(self._present()))

    def reset(self, task: str, seed: int = 0) -> None:  # noqa: ARG002 (one signature for all worlds)
        """Begins an episode with a fresh phone and account.

        Raises:
            DataError: There is no such task.
        """
        self._task = known(task)
        self._environment = _environment(*_prepared(task))
        self._made, self._errors = [], 0

    def call(self, name: str, args: Mapping[str, Any]) -> Observation:
        """Calls a tool of phone or account by name."""
        environment = self._present()
        self._made.append(name)
        try:
            value = environment.make_tool_call(name, requestor="assistant", **args)
            environment.sync_tools()
            return Observation(_short(environment.to_json_str(value)))
        except Exception as problem:  # noqa: BLE001 (a simulator may raise anything at bad arguments)
            self._errors += 1
            why = str(problem) or type(problem).__name__
            return Observation(_short(f"Error: {why}"), _short(why))

    def score(self) -> Score:
        """The episode up to now."""
        self._present()
        done = self._holds() and self._handed_over()
        return Score(done, self._errors, len(self._made))

    def _holds(self) -> bool:
        task = self._task
        return task is not None and all(_asserted(self._environment, one) for one in task.wanted)

    def _handed_over(self) -> bool:
        """The source asks for the hand-over of what cannot be repaired, but lets pass that of what
        is repaired, so that handing over everything would pay; here it does not. The text of the
        summary is free, so the tool alone counts."""
        return self._task is not None and (_HAND_OVER in self._made) == self._task.handed_over

    def _present(self) -> Any:
        if self._environment is None:
            raise EvogateError("no episode has begun", remedy="call reset first")
        return self._environment


@cache
def catalogue() -> tuple[WorldTool, ...]:
    """All tools, account first, as their authors describe them."""
    environment = _new()
    return tuple(
        WorldTool(name, group, schema["description"], schema["parameters"])
        for group, kit in (
            (SIDES["assistant"], environment.tools),
            (SIDES["user"], environment.user_tools),
        )
        for name, tool in kit.get_tools().items()
        for schema in (tool.openai_schema["function"],)
    )


@cache
def _prepared(task: str) -> tuple[str, str]:
    """The task's start: account and phone as JSON, from which each episode makes its own."""
    environment = _new()
    call = module("data_model.tasks").EnvFunctionCall
    for fault in known(task).faults:
        environment.run_env_function_call(call.model_validate(fault))
    environment.sync_tools()
    return _written(environment)


def _written(environment: Any) -> tuple[str, str]:
    """Account and phone as JSON."""
    account, phone = environment.tools.db, environment.user_tools.db
    return account.model_dump_json(), phone.model_dump_json()


def _new() -> Any:
    return _environment(*(json.dumps(_table(name), default=str) for name in _TABLES))


def _environment(account: str, phone: str) -> Any:
    """The simulator with an account and a phone. Parsing is ten times faster than copying."""
    models, users = module("domains.telecom.data_model"), module("domains.telecom.user_data_model")
    tools = module("domains.telecom.tools").TelecomTools(
        models.TelecomDB.model_validate_json(account)
    )
    user_tools = module("domains.telecom.user_tools").TelecomUserTools(
        users.TelecomUserDB.model_validate_json(phone)
    )
    # A class attribute of the source that breaking a VPN writes into: every later phone would
    # connect to the broken one.
    vpn = type(user_tools).default_vpn_details
    user_tools.default_vpn_details = vpn.model_copy(deep=True)
    made = module("domains.telecom.environment").TelecomEnvironment(
        "telecom", "", tools, user_tools
    )
    # Not by its setter, which builds a schema of every tool to look for equal names each time.
    made.solo_mode = True
    return made


def _asserted(environment: Any, wanted: Mapping[str, Any]) -> bool:
    assertion = module("data_model.tasks").EnvAssertion.model_validate(wanted)
    try:
        return bool(environment.run_env_assertion(assertion, raise_assertion_error=False))
    except ValueError:  # such as a bill that is not there: the assertion does not hold
        return False


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(member(f"{DATA}/{name}").decode("utf-8"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
