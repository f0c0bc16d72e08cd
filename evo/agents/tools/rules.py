"""A genome's rules against the tools that there are, before a call is paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from evo.agents.policy import Engine
from evo.agents.tools.session import ToolSource
from genomes import Genome, PolicyGene
from genomes.errors import GenomeError
from genomes.rules import Policy, Tool, Toolset, check_tools, contradictions


def check_genome(
    genome: Genome, source: ToolSource, inputs: Iterable[Mapping[str, str]] = ()
) -> None:
    """Refuses a genome whose rules speak of what does not exist.

    Where the tools depend on the inputs, other examples may have what one lacks, so nothing is
    refused: a rule on a tool that an example lacks does not act there.

    Args:
        genome: Its policy genes are looked at.
        source: The tools; made once.
        inputs: Of examples; the first is used.

    Raises:
        GenomeError: A tool, class, verb, word or argument is unknown; with the nearest name.
        ConfigError: There are no such tools.
        ModelError: The tools cannot be made.
    """
    session = source.open(next(iter(inputs), {}))
    try:
        known = Toolset([spec.as_tool for spec in session.specs])
    finally:
        session.close()
    if not source.fixed:
        return
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
