"""The page on scorers speaks of keys and scorers that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from pages import DOCS, blocks

from evo.config import resolve
from fitness.probes import parse_anchors
from fitness.scorers import scorer

_NEEDED = {"file": "a.csv", "inputs": ["t"], "target": "y"}


def _configs() -> list[dict[str, Any]]:
    return [yaml.safe_load(b.text) for b in blocks("scorers.md") if b.language == "yaml"]


@pytest.mark.parametrize("number", range(len(_configs())))
def test_every_block_is_a_config(number: int) -> None:
    given = _configs()[number]
    content = {"name": "x", **given, "data": {**_NEEDED, **given.get("data", {})}}
    config = resolve(content)
    if isinstance(config.anchors, list):
        assert len(parse_anchors(config.anchors)) == 3
    assert config.data is not None


def test_every_scorer_of_the_table_exists() -> None:
    table = (DOCS / "scorers.md").read_text().split("| scorer |")[1].split("\n\n")[0]
    names = [
        n for row in table.splitlines()[2:] for n in re.findall(r"`([^`]+)`", row.split("|")[1])
    ]
    assert "token_f1" in names
    for name in names:
        if name not in ("module:function", "json_schema:FILE"):
            scorer(name.replace("PATTERN", "{target}"))
