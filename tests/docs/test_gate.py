"""The page on the gate names every threshold with its default, and its examples are valid."""

from __future__ import annotations

import re

import yaml
from pages import DOCS, blocks

from evo.config import resolve
from evo.gate import GateConfig


def _table() -> dict[str, str]:
    text = (DOCS / "gate.md").read_text(encoding="utf-8")
    section = text.partition("## Thresholds")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`) \| (.+?) \|", section, re.MULTILINE)
    return {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}


def test_every_threshold_stands_in_the_table_with_its_default() -> None:
    table = _table()
    assert set(table) == set(GateConfig.model_fields)
    words = {None: ("off", "all"), False: ("false",)}
    for name, field in GateConfig.model_fields.items():
        said = table[name]
        if isinstance(field.default, float):
            assert float(said) == field.default, name
        else:
            assert said in words.get(field.default, (str(field.default),)), name


def test_the_examples_are_valid_configs() -> None:
    found = [yaml.safe_load(block.text) for block in blocks("gate.md") if block.language == "yaml"]
    assert len(found) == 2
    for content in found:
        resolve({"name": "a", "task": "t", **content})
