from __future__ import annotations

import pytest

from evo.checks import check_scorers
from evo.config import Config
from evo.task import Task
from fitness.suites import Example, Suite
from genomes import Domain, FragmentGene, Genome, GenomeSpec
from genomes.errors import DataError


def _suite(domain: str, scorer: str) -> Suite:
    rows = (
        Example(f"{domain}{i}", {"text": f"{domain} {i}"}, f"target {i}", domain, f"{domain}{i}")
        for i in range(12)
    )
    return Suite(f"{domain}/search", "search", domain, tuple(rows), scorer)


def test_an_anchor_of_a_judged_example_is_the_judges_and_not_lost() -> None:
    domains = tuple(Domain(name=name, inputs=("text",)) for name in ("sums", "mail"))
    genes = (FragmentGene(id="user", place="user", text="{{ text }}"),)
    suites = (_suite("sums", "exact"), _suite("mail", "judge"))
    task = Task("sums", "sums", Genome(domains=domains, genes=genes), GenomeSpec(slots=()), suites)
    config = Config(
        name="sums",
        task="sums:task",
        anchors=[{"output": "Dear all", "verdict": "pass", "example": "mail3"}],
    )
    assert check_scorers(config, task) == ()
    lost = _with_anchor(config, "mail99")
    with pytest.raises(DataError, match="mail99"):
        check_scorers(lost, task)


def _with_anchor(config: Config, example: str) -> Config:
    return config.model_copy(
        update={"anchors": [{"output": "x", "verdict": "pass", "example": example}]}
    )
