"""Proposals from failed repairs: had this guard let its step pass in such a state ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.random import Generator

from evo.proposers import Context, Proposal
from genomes import Genome, GenomeSpec, PolicyGene
from genomes.rules import Compare, Const, Ref, Rule, parse_rule
from genomes.rules.selector import quoted
from genomes.variation import check

_DROP = 0.1
"""Chance that the guard goes altogether."""

_TRIES = 20


@dataclass(frozen=True)
class Relax:
    """One guard that holds no more where a repair failed.

    Which step was missing is not known. So a guard is drawn and given one more condition, which
    does not hold in the state that the failed task began with. Measuring decides.

    Attributes:
        spec: What may vary.
        gene: The policy gene.
        values: (path, JSON value) of the state that conditions may ask for.
        state_of: What the checks show when a task begins, by its id.
    """

    spec: GenomeSpec
    gene: str
    values: Sequence[tuple[str, str]]
    state_of: Callable[[str], Mapping[str, str]]

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """``None`` where nothing failed or the changed guard is refused."""
        parent = context.parents[0]
        if not context.failures:
            return None
        failed = context.failures[int(rng.integers(len(context.failures)))]
        for _ in range(_TRIES):
            child = self._changed(parent, self.state_of(failed.example_id), rng)
            if child is not None and check(child, parent, self.spec, touched={self.gene}) is None:
                return Proposal(child, (parent.id,), "relax", hypothesis="a guard held too often")
        return None

    def _changed(self, parent: Genome, state: Mapping[str, str], rng: Generator) -> Genome | None:
        (gene,) = (one for one in parent.genes if isinstance(one, PolicyGene))
        places = [i for i, line in enumerate(gene.rules) if parse_rule(line).kind == "never"]
        if not places:
            return None
        place = places[int(rng.integers(len(places)))]
        rule = self._relaxed(parse_rule(gene.rules[place]), state, rng)
        rest = gene.rules[:place] + gene.rules[place + 1 :]
        if rule is not None and str(rule) in rest:
            return None
        lines = rest if rule is None else (*rest[:place], str(rule), *rest[place:])
        return parent.with_gene(gene.model_copy(update={"rules": lines}))

    def _relaxed(self, rule: Rule, state: Mapping[str, str], rng: Generator) -> Rule | None:
        if rng.random() < _DROP:
            return None
        absent = [(path, value) for path, value in self.values if state[path] != value]
        path, value = absent[int(rng.integers(len(absent)))]
        condition = Compare(Ref("state", path), "=", Const(value))
        # A guard without room swaps a condition for the new one.
        kept: Any = rule.when if len(rule.when) < 2 and rng.random() < 0.7 else rule.when[1:]
        return rule if condition in kept else replace(rule, when=(*kept, condition))


def flat(state: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Dotted path to JSON value."""
    found: dict[str, str] = {}
    for name, value in state.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = quoted(value)
    return found
