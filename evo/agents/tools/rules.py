"""A genome's rules against the tools that there are, before a call is paid."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from evo.agents.policy import Engine
from genomes import Genome, PolicyGene
from genomes.errors import GenomeError
from genomes.rules import Policy, Tool, Toolset, check_tools, contradictions


def check_rules(genome: Genome, tools: Iterable[Tool]) -> None:
    """Refuses a genome with rules on what does not exist.

    Raises:
        GenomeError: A tool, class, verb, word or argument is unknown; with the nearest name.
    """
    known = Toolset(tools)
    for gene in genome.genes:
        if isinstance(gene, PolicyGene):
            check_tools(gene.parsed, known)


@lru_cache(maxsize=256)
def engine_for(policy: Policy | None, tools: tuple[Tool, ...]) -> tuple[Engine, tuple[str, ...]]:
    """The engine of a policy, and what is wrong with its rules: ``NAME: why`` each.

    A rule on a tool that is not there never acts; rules that contradict each other act as far as
    they can, the stronger first.
    """
    known = Toolset(tools)
    engine = Engine.of(policy, known)
    wrong = [f"contradiction: {one}" for one in contradictions(engine.rules, known)]
    for rule in engine.rules:
        try:
            check_tools((rule,), known)
        except GenomeError as error:
            remedy = f" ({error.remedy})" if error.remedy else ""
            wrong.append(f"unknown in a rule: {rule}: {error.what}{remedy}")
    return engine, tuple(wrong)
