"""The page on policies speaks of rules that exist and of code that runs."""

from __future__ import annotations

import re

import pytest
import yaml
from pages import DOCS, blocks

from genomes import DecisionGene, PolicyGene
from genomes.conduct import PROCEDURES
from genomes.library import load_library
from genomes.rules import FORMS, parse_rule

LINES = [
    line for b in blocks("policies.md") if b.language == "rules" for line in b.text.split("\n")
]
CODE = [b.text for b in blocks("policies.md") if b.language == "python"]


@pytest.mark.parametrize("line", [line for line in LINES if line])
def test_every_rule_is_shown_in_its_canonical_form(line: str) -> None:
    assert str(parse_rule(line)) == line


def test_every_kind_of_rule_is_shown() -> None:
    assert {parse_rule(line).kind for line in LINES if line} == set(FORMS)


@pytest.mark.parametrize("number", range(len(CODE)))
def test_every_block_of_code_runs(number: int) -> None:
    exec(compile(CODE[number], "policies.md", "exec"), {})


def test_the_gene_is_one() -> None:
    (block,) = (b.text for b in blocks("policies.md") if b.language == "yaml")
    assert len(PolicyGene.model_validate(yaml.safe_load(block)[0]).rules) == 3


def test_every_decision_of_the_table_exists() -> None:
    table = (DOCS / "policies.md").read_text().split("| parameter |")[1].split("\n\n")[0]
    named = [row.split("`")[1] for row in table.splitlines()[2:]]
    values = {"self_check": "on", "procedure": PROCEDURES[0]}
    for name in named:
        assert (
            DecisionGene.model_validate(
                {"id": "d", "parameter": name, "value": values.get(name, 1.0)}
            ).affects
            == "call"
        )
    assert set(re.findall(r"`(\w+)`", table)) >= set(PROCEDURES)
    assert load_library("tools")["reasoning"]
