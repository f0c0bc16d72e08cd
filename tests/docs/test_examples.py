"""The built-in examples: announced, described, and a workspace each."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pages import DOCS, blocks, run_page

from evo.config import load_config
from evo.plugins import EXAMPLES, SUITES, plugin_names

ROOT = DOCS.parent


def _described() -> set[str]:
    return set(re.findall(r"^\| `([\w-]+)`", (DOCS / "examples.md").read_text(), re.MULTILINE))


def test_the_page_describes_every_example() -> None:
    announced = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert _described() == set(announced[SUITES])
    assert set(announced[EXAMPLES]) <= set(announced[SUITES])
    assert plugin_names(SUITES), "the distribution is installed"


def test_its_commands_make_workspaces(tmp_path: Path) -> None:
    run_page("examples.md", tmp_path)
    made = {load_config(folder).task for folder in tmp_path.iterdir()}
    assert made == _described()


def test_its_entry_points_are_read() -> None:
    (shown,) = (block.text for block in blocks("examples.md") if block.language == "toml")
    groups = set(tomllib.loads(shown)["project"]["entry-points"])
    assert groups == {SUITES, EXAMPLES, "evogate.scorers"}


@pytest.mark.network
@pytest.mark.parametrize("name", ["research", "coder"])
def test_the_real_data_makes_a_task(name: str, tmp_path: Path) -> None:
    from evo.build_task import build_task
    from evo.config import resolve

    task = build_task(resolve({"name": name, "task": name}, folder=tmp_path))
    assert {suite.role for suite in task.suites} == {"search", "gate", "audit"}
