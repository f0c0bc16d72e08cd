"""The telecom world, and the scripts that repair it: order, guards, and what is remembered."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.policies import bench
from benchmarks.policies.telecom import episodes as module
from benchmarks.policies.telecom.episodes import Repairs
from benchmarks.policies.telecom.learn import evolve, fewer
from benchmarks.policies.telecom.script import (
    BILLING,
    GUARDS,
    NAMES,
    STEPS,
    by_hand,
    ordered,
    whole_document,
)
from benchmarks.worlds import Observation, Score, World
from benchmarks.worlds.telecom import TelecomWorld, gold, readings, simulator, split, tasks
from evo.agents.policy import Call
from genomes.errors import ConfigError, DataError
from genomes.rules import parse_rules

PLANTED = (Call("plug"), Call("press"), Call("paint"))


class Lamp:
    """Plug in, then press; pressing a lamp that shines darkens it; paint spoils task ``dry``."""

    def __init__(self) -> None:
        self.made = 0

    def reset(self, task: str, seed: int = 0) -> None:
        self.task, self.power, self.shines, self.wet = task, task == "powered", False, False

    def call(self, name: str, args: Mapping[str, Any]) -> Observation:
        self.made += 1
        if name == "plug":
            self.power = not self.power
        elif name == "press" and self.power:
            self.shines = not self.shines
        elif name == "paint":
            self.wet = True
        return Observation(name)

    @property
    def state(self) -> str:
        return f"{self.power} {self.shines} {self.wet}"

    def score(self) -> Score:
        return Score(self.shines and not (self.wet and self.task == "dry"), 0, 0)


@pytest.fixture
def repairs(monkeypatch: pytest.MonkeyPatch) -> Repairs:
    monkeypatch.setattr(module, "TelecomWorld", Lamp)
    monkeypatch.setattr(module, "readings", lambda one: {"power": one.power, "wet": one.wet})
    return Repairs(PLANTED)


def test_order_and_guards_decide(repairs: Repairs) -> None:
    tasks = ["powered", "off", "dry"]

    def solved(*lines: str) -> list[float]:
        return repairs.successes(parse_rules(lines), tasks)

    guard = "never plug when state.power = true"
    assert (
        solved("plug first priority 2", "press first priority 1", guard, "never paint") == [1] * 3
    )
    assert solved("plug first priority 2", "press first priority 1", guard) == [1, 1, 0]
    assert solved("press before plug", guard, "never paint") == [1, 0, 0]
    assert solved("plug before press", "never paint") == [0, 1, 1]


def test_a_step_that_was_passed_over_is_not_looked_at_again(repairs: Repairs) -> None:
    # Plugging in would lift the guard of press, but press has had its turn.
    lines = ("press before plug", "never press when state.power = false")
    assert repairs.successes(parse_rules(lines), ["off"]) == [0.0]


def test_guards_may_ask_for_the_steps_before(repairs: Repairs) -> None:
    after = parse_rules(("plug before press", "never press when called plug", "never paint"))
    before = parse_rules(("press before plug", "never press when called plug", "never paint"))
    assert repairs.successes(after, ["off"]) == [0.0]
    assert repairs.successes(before, ["powered"]) == [1.0]
    assert repairs.successes(after, ["off"]) == [0.0]


def test_what_is_remembered_is_what_a_fresh_world_shows(repairs: Repairs) -> None:
    for task in ("powered", "off", "dry"):
        for size in range(4):
            for made in permutations(range(3), size):
                fresh = Lamp()
                fresh.reset(task)
                for index in made:
                    fresh.call(PLANTED[index].tool, {})
                assert repairs.after(task, made) == fresh.score().success, (task, made)


def test_nothing_that_is_known_is_run_again(repairs: Repairs) -> None:
    rules = parse_rules(("plug before press", "never paint"))
    repairs.successes(rules, ["off", "dry"])
    run, asked = repairs.run, repairs.asked
    repairs.successes(rules, ["off", "dry"])
    assert (repairs.run, repairs.asked) == (run, asked + 2)


def test_a_search_finds_the_order_and_repeats_itself(repairs: Repairs) -> None:
    names = ["powered", "off", "dry"] * 4
    tasks = list(dict.fromkeys(names))
    start = parse_rules(("press first priority 2", "plug first priority 1", "never paint"))
    first, second = (list(evolve(start, tasks, 1, repairs, generations=10)) for _ in range(2))
    assert [one.rules for one in first] == [one.rules for one in second]
    best = first[-1]
    assert best.success > np.mean(repairs.successes(start, tasks))
    left = fewer(best.rules, tasks, repairs)
    assert repairs.successes(left, tasks) == repairs.successes(best.rules, tasks)


def test_the_benchmark_is_announced() -> None:
    assert "telecom" in bench.PARTS


def test_the_script_names_its_steps_and_no_other() -> None:
    assert len(NAMES) == 13
    assert {rule.x.name for rule in by_hand() if rule.x is not None} == set(NAMES)
    billing = {call.tool for call in BILLING}
    assert {rule.x.name for rule in whole_document() if rule.x is not None} == set(NAMES) | billing


@pytest.fixture
def odd_wheel(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tau2/__init__.py", "")
        archive.writestr("tau2/needs.py", "import a_library_that_nobody_has\n")
        archive.writestr("tau2/plain.py", "from tau2.other import VALUE\n")
        archive.writestr("tau2/other.py", "VALUE = 7\n")
    monkeypatch.setattr(simulator, "wheel_files", lambda: zipfile.ZipFile(buffer))
    monkeypatch.setattr(simulator, "PACKAGE", "_evogate_odd")
    simulator.module.cache_clear()
    yield
    simulator.module.cache_clear()
    for name in [one for one in sys.modules if one.startswith("_evogate_odd")]:
        del sys.modules[name]


@pytest.mark.usefixtures("odd_wheel")
def test_a_missing_library_is_named_with_its_extra() -> None:
    with pytest.raises(ConfigError) as caught:
        simulator.module("needs")
    assert "a_library_that_nobody_has" in caught.value.what
    assert caught.value.remedy == "pip install 'evogate[tau2]'"


@pytest.mark.usefixtures("odd_wheel")
def test_the_package_is_known_by_its_private_name_alone() -> None:
    assert simulator.module("plain").VALUE == 7
    assert "tau2" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        __import__("_evogate_odd.missing")
    with pytest.raises(DataError):
        simulator.member("tau2/missing.py")


@pytest.fixture
def world() -> TelecomWorld:
    for library in ("addict", "deepdiff", "docstring_parser", "loguru", "toml"):
        pytest.importorskip(library)
    return TelecomWorld()


@pytest.mark.network
def test_gold_solves_every_task_twice_and_doing_nothing_none(world: TelecomWorld) -> None:
    assert (len(world.tasks), len(world.tools)) == (114, 43)
    for _ in range(2):
        for task in world.tasks:
            world.reset(task)
            assert not world.score().success
            for call in gold(task):
                assert world.call(call.tool, call.args).error is None
            assert world.score().success, task


@pytest.mark.network
def test_a_needless_hand_over_is_no_success(world: TelecomWorld) -> None:
    for task in world.tasks:
        world.reset(task)
        for call in gold(task):
            world.call(call.tool, call.args)
        world.call("transfer_to_human_agents", {"summary": "It works."})
        assert world.score().success is tasks()[task].handed_over


@pytest.mark.network
def test_the_official_split(world: TelecomWorld) -> None:
    train, test = split()
    assert (len(train), len(test)) == (74, 40)
    assert set(train) | set(test) == set(world.tasks)


@pytest.mark.network
def test_no_episode_is_seen_by_a_later_one(world: TelecomWorld) -> None:
    broken = next(task for task in world.tasks if "bad_vpn" in task)
    clean = next(task for task in world.tasks if "bad_vpn" not in task)
    world.reset(clean)
    start = world.state
    world.call("connect_vpn", {})
    shown = world.call("check_vpn_status", {})
    for task in (broken, *world.tasks[:5]):
        world.reset(task)
        for call in STEPS:
            world.call(call.tool, call.args)
        world.call("connect_vpn", {})
    world.reset(clean)
    assert world.state == start
    world.call("connect_vpn", {})
    assert world.call("check_vpn_status", {}) == shown


@pytest.mark.network
def test_equal_calls_give_an_equal_end(world: TelecomWorld) -> None:
    ends = []
    for _ in range(2):
        world.reset(world.tasks[0])
        seen = [world.call(call.tool, call.args) for call in (*STEPS, *BILLING)]
        ends.append((seen, world.state))
    assert ends[0] == ends[1]


@pytest.mark.network
def test_bad_calls_are_observations(world: TelecomWorld) -> None:
    world.reset(world.tasks[0])
    for name, args in (
        ("no_such_tool", {}),
        ("toggle_data", {"strange": 1}),
        ("get_customer_by_id", {"customer_id": "C9"}),
        ("break_apn_settings", {}),  # of the simulator, but no tool
    ):
        assert world.call(name, args).error
    assert world.score() == Score(False, 4, 4)
    with pytest.raises(DataError):
        world.reset("no such task")


@pytest.mark.network
def test_the_users_environment_file_is_not_read(
    world: TelecomWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("EVOGATE_PLANTED=1\n")
    monkeypatch.chdir(tmp_path)
    world.reset(world.tasks[0])
    assert "EVOGATE_PLANTED" not in os.environ
    assert not any(name == "tau2" or name.startswith("tau2.") for name in sys.modules)


@pytest.mark.network
def test_the_script_by_hand_and_where_its_order_matters(world: TelecomWorld) -> None:
    one: World = world
    repairs, names = Repairs(), tuple(one.tasks)

    def success(order: tuple[str, ...]) -> float:
        return float(np.mean(repairs.successes(parse_rules((*ordered(order), *GUARDS)), names)))

    hand = success(NAMES)
    assert hand == pytest.approx(88 / 114)
    rest = [name for name in NAMES if name != "toggle_airplane_mode"]
    assert success((*rest, "toggle_airplane_mode")) < hand - 0.1
    rest = [name for name in NAMES if name != "reset_apn_settings"]
    assert success((*rest, "reset_apn_settings")) < hand - 0.1
    assert success((*NAMES[:9], *NAMES[:8:-1])) == hand
    whole = Repairs((*STEPS, *BILLING)).successes(whole_document(), names)
    assert np.mean(whole) == 1.0


@pytest.mark.network
def test_readings_are_what_the_checks_show(world: TelecomWorld) -> None:
    for task in tasks():
        world.reset(task)
        state = readings(world)
        shown = world.call("check_status_bar", {}).text
        assert state["bar"]["airplane"] == ("Airplane Mode" in shown)
        assert state["mms"] == ("cannot" not in world.call("can_send_mms", {}).text)
        assert state["sim"] == "active" or "working" not in world.call("check_sim_status", {}).text
        usage = world.call("get_data_usage", {"customer_id": "C1001", "line_id": "L1002"}).text
        assert state["line"]["exceeded"] == ("15.1" in usage)
