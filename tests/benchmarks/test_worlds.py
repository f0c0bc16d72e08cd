"""The calling world: calls are read and not run, episodes share nothing, gold solves every task."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from benchmarks.worlds import World
from benchmarks.worlds.calling import (
    CallingWorld,
    data,
    gold,
    parse_call,
    simulators,
    tasks,
)
from benchmarks.worlds.calling import (
    world as module,
)
from benchmarks.worlds.calling.state import end_state, fresh
from genomes.errors import DataError

SIGNATURES = {"cd": ("folder",), "post": ("text", "tags")}

SERVICE = """
import random
from copy import deepcopy
from bfcl_eval.eval_checker.multi_turn_eval.func_source_code.long_context import EXTRA

class GorillaFileSystem:
    def __init__(self):
        self._api_description = "files"

    def _load_scenario(self, scenario, long_context=False):
        self.open = False
        self.posts = scenario.get("posts", [])
        self.watch_list = scenario.get("watch_list", [])
        self._random = random.Random(7)

    def unlock(self):
        self.open = True
        return None

    def enter(self):
        if not self.open:
            return {"error": "locked"}
        self.posts.append({"text": "in", "timestamp": str(random.random())})
        return {"posts": self.posts}

    def post(self, text, tags=[]):
        self.posts.append({"text": text, "tags": tags})
        return {"posts": self.posts}

    def tag(self, name):
        self.posts[-1]["tags"].append(name)
        return {"number": self._random.randint(0, 10**9)}

    def watch(self, name):
        self.watch_list.append(name)
        return {"watched": name}

    def burst(self, text):
        raise RuntimeError("no " + text)
"""

QUIET = "class {}:\n    def __init__(self):\n        self.kept = 0\n"

ROWS = {
    "t0": (["unlock()", "enter()"], {}),
    "t1": (["post(text='a')", "tag('x')"], {"posts": [{"text": "old"}]}),
    "t2": (["watch(name='b')", "watch(name='a')"], {}),
}


def _task(name: str, start: object) -> str:
    return json.dumps(
        {
            "id": name,
            "question": [[{"role": "user", "content": f"do {name}"}]],
            "initial_config": {"GorillaFileSystem": start},
            "involved_classes": ["GorillaFileSystem"],
            "excluded_function": ["burst"] if name == "t0" else [],
        }
    )


def _answer(name: str, calls: list[str]) -> str:
    return json.dumps({"id": name, "ground_truth": [calls]})


def _files() -> dict[str, str]:
    sources = {name: QUIET.format(name) for name in simulators.MODULES}
    sources["GorillaFileSystem"] = SERVICE
    files = {f"{simulators._SOURCES}/long_context.py": "EXTRA = 1\n"}
    for name, file in simulators.MODULES.items():
        files[f"{simulators._SOURCES}/{file}.py"] = sources[name]
        files[f"bfcl_eval/data/multi_turn_func_doc/{file}.json"] = ""
    docs = [
        {
            "name": name,
            "description": f"Part of an API. Tool description: Does {name}.",
            "parameters": {"type": "dict", "properties": {"text": {"type": "float"}}},
        }
        for name in ("unlock", "enter", "burst")
    ]
    files["bfcl_eval/data/multi_turn_func_doc/gorilla_file_system.json"] = "\n".join(
        map(json.dumps, docs)
    )
    base = "BFCL_v4_multi_turn_base.json"
    files[f"bfcl_eval/data/{base}"] = "\n".join(_task(k, v[1]) for k, v in ROWS.items())
    answers = "\n".join(_answer(k, v[0]) for k, v in ROWS.items())
    files[f"bfcl_eval/data/possible_answer/{base}"] = answers
    return files


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith(simulators.PACKAGE)]:
        del sys.modules[name]
    for function in (
        *(simulators.wheel_files, simulators.api_class, data.tasks, data.methods),
        *(data.signatures, data.catalogue, module._prepared, module._gold_end, module._defaults),
    ):
        function.cache_clear()


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A small wheel in place of the published one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in _files().items():
            archive.writestr(name, text)
    path = tmp_path / "planted.whl"
    path.write_bytes(buffer.getvalue())
    monkeypatch.setattr(simulators, "fetch", lambda wheel: path)
    _forget()
    yield
    _forget()


@pytest.fixture
def world(planted: None) -> CallingWorld:
    return CallingWorld()


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("cd(folder='a b')", {"folder": "a b"}),
        ("cd('..')", {"folder": ".."}),
        ("post('x', tags=['#a', '#b'])", {"text": "x", "tags": ["#a", "#b"]}),
        ("post(text=-1.5)", {"text": -1.5}),
    ],
)
def test_calls_are_read(text: str, args: dict[str, object]) -> None:
    call = parse_call(text, SIGNATURES)
    assert call.tool == text.partition("(")[0]
    assert call.args == args


@pytest.mark.parametrize(
    "text",
    [
        "cd(folder=open('x').read())",
        "cd(__import__('os').name)",
        "__import__('os').system('x')",
        "cd('a', folder='b')",
        "cd('a', 'b')",
        "cd(**{'folder': 'a'})",
        "rm('x')",
        "cd('a'); cd('b')",
        "cd",
        "cd(" + "(" * 500 + ")" * 500 + ")",
        "cd('" + "x" * 30_000 + "')",
        "",
    ],
)
def test_what_is_no_plain_call_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        parse_call(text, SIGNATURES)


def test_gold_solves_every_task_twice(world: CallingWorld) -> None:
    for _ in range(2):
        for task in world.tasks:
            world.reset(task)
            seen = [world.call(call.tool, call.args) for turn in gold(task) for call in turn]
            assert [one.error for one in seen] == [None] * len(seen)
            assert world.score().success, task
            assert world.play(task, [call for turn in gold(task) for call in turn]).success


def test_the_order_decides_where_it_must_and_only_there(world: CallingWorld) -> None:
    wrong = world.play("t0", reversed(gold("t0")[0]))
    assert (wrong.success, wrong.errors, wrong.steps) == (False, 1, 1)
    assert world.play("t2", reversed(gold("t2")[0])).success  # a watch list is a set
    world.reset("t0")
    world.call("unlock", {})
    assert not world.score().success  # nothing failed, but nothing was entered


def test_episodes_share_nothing(world: CallingWorld) -> None:
    """Not by start, by the arguments of a call, by a default argument or by an observation."""
    world.reset("t1")
    tags: list[str] = []
    first = world.call("post", {"text": "a", "tags": tags}).text
    numbers = [world.call("tag", {"name": "x"}).text]
    assert tags == []
    world.call("post", {"text": "b"})
    world.call("tag", {"name": "y"})
    world.reset("t1")
    assert world.call("post", {"text": "a", "tags": tags}).text == first
    numbers.append(world.call("tag", {"name": "x"}).text)
    assert numbers[0] == numbers[1]
    world.reset("t1")
    assert json.loads(world.call("post", {"text": "b"}).text)["posts"][-1]["tags"] == []


def test_what_a_caller_does_wrong_is_an_observation(world: CallingWorld) -> None:
    world.reset("t1")
    wrong: list[tuple[str, dict[str, object]]] = [
        ("nothing", {}),
        ("_load_scenario", {"scenario": {}}),
        ("post", {}),
        ("post", {"text": "a", "other": 1}),
        ("burst", {"text": "x"}),
    ]
    for name, args in wrong:
        assert world.call(name, args).error, name
    score = world.score()
    assert (score.success, score.errors, score.steps) == (False, 5, 5)


def test_withheld_tools_are_not_there(world: CallingWorld) -> None:
    everywhere: World = world
    assert {tool.name for tool in everywhere.tools} == {"unlock", "enter", "burst"}
    everywhere.reset("t0")
    tool = everywhere.tools[0]
    assert {one.name for one in everywhere.tools} == {"unlock", "enter"}
    assert tool.description == "Does unlock."
    assert tool.parameters["type"] == "object"
    assert tool.parameters["properties"]["text"]["type"] == "number"
    assert everywhere.call("burst", {"text": "x"}).error == "there is no tool 'burst'"


def test_an_unknown_task_is_named(world: CallingWorld) -> None:
    with pytest.raises(DataError, match="'t9'"):
        world.reset("t9")


def test_the_package_itself_is_never_imported(world: CallingWorld) -> None:
    world.reset("t0")
    world.call("unlock", {})
    assert "bfcl_eval" not in sys.modules


def test_a_fresh_copy_is_equal_and_apart() -> None:
    class Folder:
        def __init__(self, parent: Folder | None) -> None:
            self.parent = parent
            self.inside: dict[str, Folder] = {}

    root = Folder(None)
    root.inside["a"] = Folder(root)
    value = {"root": root, "random": Random(3), "list": [1, [2]], "pair": ("a", [1])}
    twin = fresh(value)
    assert twin["root"].inside["a"].parent is twin["root"]
    assert twin["root"] is not root
    assert twin["random"].random() == value["random"].random()  # type: ignore[attr-defined]
    twin["list"][1].append(3)
    twin["pair"][1].append(2)
    assert (value["list"], value["pair"]) == ([1, [2]], ("a", [1]))


def test_the_end_state_leaves_out_stamps_private_fields_and_parents() -> None:
    class Service:
        def __init__(self, stamp: str, watched: list[str]) -> None:
            self.watch_list = watched
            self.history = [{"amount": 1, "timestamp": stamp}]
            self._random = Random(1)

    one, other = Service("1", ["b", "a"]), Service("2", ["a", "b"])
    assert end_state(one) == end_state(other)
    other.history[0]["amount"] = 2
    assert end_state(one) != end_state(other)


@pytest.mark.network
def test_the_published_tasks_are_solved_twice_and_by_order(
    monkeypatch: pytest.MonkeyPatch, models_folder: Path
) -> None:
    monkeypatch.setenv("EVOGATE_CACHE", str(models_folder))
    _forget()
    world = CallingWorld()
    assert len(world.tasks) == 200
    calls = {task: [call for turn in gold(task) for call in turn] for task in tasks()}
    assert sum(map(len, calls.values())) == 1142
    for _ in range(2):
        assert all(world.play(task, made).success for task, made in calls.items())
    turned = {t: [c for turn in gold(t) for c in reversed(turn)] for t in calls}
    assert sum(not world.play(task, made).success for task, made in turned.items()) > 90
