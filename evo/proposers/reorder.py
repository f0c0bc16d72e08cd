"""Proposals from failed episodes: had two of these calls come the other way round ..."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.random import Generator

from evo.proposers.context import Context, Observation
from evo.proposers.proposal import Proposal
from genomes import Genome, GenomeSpec, PolicyGene, Slot
from genomes.rules import Compare, Condition, Const, Ref, Rule, RuleSpace, Selector
from genomes.rules.selector import words_of
from genomes.variation import check

_JOIN, _ALONE = 0.7, 0.25
"""Chance of a condition where arguments agree; chance of ``first`` or ``last`` otherwise."""

_VALUE = 0.1
"""Chance of a condition on the value of one argument."""

_REPLACE = 0.3
"""Chance that the new rule takes the place of another."""

_TRIES = 20

_LONGEST = 20
"""Characters of a value that a rule may ask for."""


class _Made(NamedTuple):
    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Reorder:
    """One rule that turns round two calls of a failed episode.

    What failed is known, and which calls were made in which order; not which order is right. So
    two calls of one turn are drawn and a rule is made that puts the later one first, as narrow as
    their names or as wide as a class, and often for the case that an argument of one equals an
    argument of the other, as it does there. Measuring decides. Free: no model is asked.

    An answer is read where it is a JSON list of turns, each a list of ``[tool, arguments]`` in
    the order in which they were called.

    Attributes:
        spec: What may vary; acts on policy genes whose slot has ``rules``.
    """

    spec: GenomeSpec

    def __call__(self, context: Context, rng: Generator) -> Proposal | None:
        """``None`` where there is no failure, no open policy, or the rule is refused."""
        parent = context.parents[0]
        open_genes = list(_open(parent, self.spec))
        pair = _pair(context.failures, rng)
        if not open_genes or pair is None:
            return None
        gene, slot = open_genes[int(rng.integers(len(open_genes)))]
        space = slot.rules
        rule = None if space is None else _rule(*pair, space, rng)
        if rule is None or str(rule) in gene.rules:
            return None
        changed = gene.model_copy(update={"rules": _placed(str(rule), gene, rng)})
        child = parent.with_gene(changed)
        if check(child, parent, self.spec, touched={gene.id}) is not None:
            return None
        hypothesis = f"{pair[0].tool} may have to come before {pair[1].tool}: {rule}"
        return Proposal(child, (parent.id,), "reorder", hypothesis=hypothesis)


def _open(genome: Genome, spec: GenomeSpec) -> Iterator[tuple[PolicyGene, Slot]]:
    for gene in genome.genes:
        slot = spec.slot(gene.id)
        if isinstance(gene, PolicyGene) and slot is not None and slot.rules is not None:
            yield gene, slot


def _pair(failures: Sequence[Observation], rng: Generator) -> tuple[_Made, _Made] | None:
    """Two calls of a turn, the one that came later first."""
    for index in rng.permutation(len(failures)):
        turns = [turn for turn in _turns(failures[index].answer) if len(turn) > 1]
        if turns:
            turn = turns[int(rng.integers(len(turns)))]
            early, late = sorted(rng.choice(len(turn), 2, replace=False))
            return turn[late], turn[early]
    return None


def _turns(answer: str | None) -> list[list[_Made]]:
    """The calls of an answer; empty if it does not hold any."""
    try:
        return [
            [_Made(tool, dict(args)) for tool, args in turn] for turn in json.loads(answer or "")
        ]
    except (ValueError, TypeError):
        return []


def _rule(first: _Made, second: _Made, space: RuleSpace, rng: Generator) -> Rule | None:
    when = _conditions(first, second, space, rng)
    for _ in range(_TRIES):
        try:
            rule = _drawn(first, second, when, space, rng)
        except ValueError:
            continue
        if rule is not None and rule.kind in space.kinds and space.refusal([rule]) is None:
            return rule
    return None


def _drawn(
    first: _Made, second: _Made, when: tuple[Condition, ...], space: RuleSpace, rng: Generator
) -> Rule | None:
    x, y = (_selector(one.tool, space, rng) for one in (first, second))
    if not when and rng.random() < _ALONE:
        chosen = Rule("first", x) if rng.random() < 0.6 else Rule("last", y)
        return None if chosen.x is not None and chosen.x.kind == "any" else chosen
    # Without a condition, "any" and twice the same say nothing.
    if not when and (x == y or "any" in (x.kind, y.kind)):
        return None
    return Rule("before", x, y, when=when)


def _conditions(
    first: _Made, second: _Made, space: RuleSpace, rng: Generator
) -> tuple[Condition, ...]:
    if not space.max_conditions:
        return ()
    agreeing = [
        (a, b)
        for a, value in first.args.items()
        for b, other in second.args.items()
        if _tells(value) and value == other and type(value) is type(other)
    ]
    joins = [(a, b) for a, b in agreeing if {a, b} <= space.known_roles]
    if joins and rng.random() < _JOIN:
        a, b = joins[int(rng.integers(len(joins)))]
        return (Compare(Ref("x", a), "=", Ref("y", b)),)
    if space.values and rng.random() < _VALUE / (1.0 - _JOIN if joins else 1.0):
        return _value(first, second, rng)
    return ()


def _value(first: _Made, second: _Made, rng: Generator) -> tuple[Condition, ...]:
    found: list[Condition] = [
        Compare(Ref("x" if call is first else "y", name), "=", Const.of(value))
        for call in (first, second)
        for name, value in call.args.items()
        if isinstance(value, str | int | float) and len(str(value)) <= _LONGEST
    ]
    return (found[int(rng.integers(len(found)))],) if found else ()


def _tells(value: Any) -> bool:
    """Truth values and empty texts agree by accident far too often to mean anything."""
    return not isinstance(value, bool) and value not in (None, "", [], {})


def _selector(tool: str, space: RuleSpace, rng: Generator) -> Selector:
    """The tool itself in half of the cases, or its verb, a word, its class, any."""
    wide = [kind for kind in space.selectors if kind != "tool"]
    if not wide or ("tool" in space.selectors and rng.random() < 0.5):
        return Selector("tool", tool)
    kind = wide[int(rng.integers(len(wide)))]
    words, group = words_of(tool), space.toolset.class_of(tool)
    if kind == "any":
        return Selector("any")
    if kind == "class":
        return Selector("class", group) if group else Selector("tool", tool)
    if not words:
        return Selector("tool", tool)
    place = 0 if kind == "verb" else int(rng.integers(len(words)))
    return Selector(kind, words[place])


def _placed(line: str, gene: PolicyGene, rng: Generator) -> tuple[str, ...]:
    """The rules with the new one in front, at the end or in the place of another."""
    rules = list(gene.rules)
    free = [i for i, rule in enumerate(rules) if rule not in gene.locked]
    if free and rng.random() < _REPLACE:
        rules[free[int(rng.integers(len(free)))]] = line
        return tuple(rules)
    return (line, *rules) if rng.random() < 0.5 else (*rules, line)
