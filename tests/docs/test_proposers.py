"""The page on proposals by model says what the code does."""

from __future__ import annotations

import re
from typing import Any, get_args

import numpy as np
import yaml
from pages import DOCS, blocks
from support_proposers import Desk, context, drawn, spec

from evo.config import resolve
from evo.plugins import PROPOSERS
from evo.proposers import KINDS, MODEL_PROPOSERS
from evo.proposers.reply import Label, Reply, read

PAGE = "proposers.md"


def block(language: str) -> str:
    return next(block.text for block in blocks(PAGE) if block.language == language)


def rows(heading: str) -> list[str]:
    """The first column of the table under a heading cell."""
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    table = text.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_the_tables_name_every_operator_and_every_kind() -> None:
    assert set(rows("operator")) == set(MODEL_PROPOSERS)
    assert tuple(rows("kind")) == KINDS


def test_the_reply_on_the_page_is_one_and_all_labels_are_named() -> None:
    assert isinstance(read(block("json"), full=False), Reply)
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    assert all(f"`{label}`" in text for label in get_args(Label))


def test_the_config_on_the_page_is_one() -> None:
    config = resolve({"name": "a", "task": "sentiment", **yaml.safe_load(block("yaml"))})
    assert config.models.proposer is not None


def test_the_proposer_on_the_page_works() -> None:
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(block("python"), PAGE, "exec", dont_inherit=True), names)
    desk = Desk(drawn)
    made = names["Formal"](desk.writer, spec())(context(), np.random.default_rng(1))
    assert made is not None
    assert made.operator == "formal"
    assert desk.counts("formal") == {"ok": 1}


def test_the_entry_point_group_on_the_page_is_the_one_looked_in() -> None:
    assert f'"{PROPOSERS}"' in block("toml")
