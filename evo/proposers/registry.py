"""Proposers that ask a model, by name: ours and those of other distributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evo.plugins import PROPOSERS, load_plugin
from evo.proposers.combine import Combine
from evo.proposers.induce import Induce
from evo.proposers.reflect import Reflect
from evo.proposers.rewrite import Rewrite
from evo.proposers.shorten import Shorten
from evo.proposers.structural import Proposer
from evo.proposers.writer import Writer
from genomes import GenomeSpec

Maker = Callable[[Writer, GenomeSpec], Proposer]
"""What an entry point of the group ``evogate.proposers`` must be."""

MODEL_PROPOSERS: Mapping[str, Maker] = {
    proposer.name: proposer for proposer in (Reflect, Rewrite, Induce, Combine, Shorten)
}
"""The built-in ones; the name is also the operator in ledger, tally and lineage."""


def model_proposers(
    writer: Writer, spec: GenomeSpec, names: Sequence[str] | None = None
) -> dict[str, Proposer]:
    """Proposers by name, each to be an arm of the search.

    Args:
        writer: Whom they ask.
        spec: What may vary.
        names: Which ones, built in or announced under ``evogate.proposers``; all built-in ones
            by default, so that what else is installed never changes a run.

    Raises:
        ConfigError: A name is unknown, or its entry point cannot be imported.
    """
    chosen = MODEL_PROPOSERS if names is None else dict.fromkeys(names)
    return {name: _maker(name)(writer, spec) for name in chosen}


def _maker(name: str) -> Maker:
    return MODEL_PROPOSERS.get(name) or load_plugin(PROPOSERS, name)
