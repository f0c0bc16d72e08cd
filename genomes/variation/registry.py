"""All operators by name: the built-in ones and those of other distributions.

A distribution adds operators through the entry-point group ``evogate.operators``. An operator
of three parameters (genome, spec, rng) is a mutation, one of four (a, b, spec, rng) a crossover.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar, cast

from genomes.errors import GenomeError
from genomes.variation import crossovers, decisions, demos, policies, policy_mixtures, texts
from genomes.variation.point import PointMutation
from genomes.variation.recombination import Recombination
from genomes.variation.variation import Crossover, Mutation

O = TypeVar("O")  # noqa: E741 - an operator

GROUP = "evogate.operators"


class Operators(Mapping[str, O], Generic[O]):
    """Operators of one kind by name; those of other distributions load at first use.

    Args:
        built_in: The operators that come with evogate.
        parameters: How many parameters an operator of this kind has.
        discover: Lists the entry points of the group.

    Raises:
        GenomeError: At first use, if an entry point cannot be loaded, is no operator, or takes
            the name of another.
    """

    def __init__(
        self,
        built_in: Mapping[str, O],
        parameters: int,
        discover: Callable[[], list[EntryPoint]] = lambda: list(entry_points(group=GROUP)),
    ) -> None:
        self._built_in = built_in
        self._parameters = parameters
        self._discover = discover

    @cached_property
    def _all(self) -> dict[str, O]:
        found = dict(self._built_in)
        for point in self._discover():
            operator = _load(point)
            if _arity(operator, point) == self._parameters:
                if point.name in found:
                    raise _bad(point, f"the operator name {point.name!r} is taken")
                found[point.name] = cast(O, operator)
        return found

    def __getitem__(self, name: str) -> O:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _load(point: EntryPoint) -> Callable[..., Any]:
    try:
        operator = point.load()
    except Exception as error:
        raise _bad(point, f"the operator {point.name!r} cannot be loaded: {error}") from error
    if not callable(operator):
        raise _bad(point, f"the operator {point.name!r} is not callable")
    return cast(Callable[..., Any], operator)


def _arity(operator: Callable[..., Any], point: EntryPoint) -> int:
    count = len(inspect.signature(operator).parameters)
    if count not in (3, 4):
        raise _bad(point, f"the operator {point.name!r} has {count} parameters, not 3 or 4")
    return count


def _bad(point: EntryPoint, what: str) -> GenomeError:
    return GenomeError(
        what,
        where=f"entry point {GROUP}: {point.name} = {point.value}",
        remedy="fix or uninstall the distribution that announces it",
    )


def _mutations() -> dict[str, Mutation]:
    stock, pool = "stock texts for an open gene", "demonstrations in the pool that fit the gene"
    several = "an open system text of several sentences"
    shown = "an open demo gene that shows some"
    number = "an open decision with a number that can move"
    table = (
        ("swap_instruction", texts.swap_instruction, stock),
        ("swap_template", texts.swap_template, "stock templates for an open user template"),
        ("swap_cue", texts.swap_cue, "stock templates with other last lines"),
        ("swap_reasoning", texts.swap_reasoning, "stock texts for an open reasoning gene"),
        ("clear_text", texts.clear_text, "an open text that may become empty and is not"),
        ("append_sentence", texts.append_sentence, "a stock sentence that the text lacks"),
        ("replace_sentence", texts.replace_sentence, several),
        ("drop_sentence", texts.drop_sentence, several),
        ("shuffle_sentences", texts.shuffle_sentences, several),
        ("substitute_word", texts.substitute_word, "a word with a stock synonym"),
        ("add_definitions", texts.add_definitions, "a label without a definition"),
        ("drop_definition", texts.drop_definition, "a stock definition in an open text"),
        ("compress", texts.compress, "a filler word in an open text"),
        ("add_demo", demos.add_demo, pool),
        ("drop_demo", demos.drop_demo, shown),
        ("replace_demo", demos.replace_demo, shown),
        ("shuffle_demos", demos.shuffle_demos, "an open demo gene that shows two"),
        ("resample_demos", demos.resample_demos, pool),
        ("nudge_decision", decisions.nudge_decision, number),
        ("reset_decision", decisions.reset_decision, number),
        ("choose_option", decisions.choose_option, "an open decision with other choices"),
    )
    found: dict[str, Mutation] = {
        name: PointMutation(name, moves, needs) for name, moves, needs in table
    }
    held, drawn = "an open policy whose rules can change so", "an open policy with room for rules"
    rules = (
        ("add_rule", policies.add_rule, drawn),
        ("drop_rule", policies.drop_rule, held),
        ("replace_rule", policies.replace_rule, drawn),
        ("change_priority", policies.change_priority, held),
        ("change_count", policies.change_count, held),
        ("flip_rule", policies.flip_rule, held),
        ("move_rule", policies.move_rule, held),
        ("generalise_rule", policies.generalise_rule, held),
        ("specialise_rule", policies.specialise_rule, held),
        ("add_condition", policies.add_condition, drawn),
        ("drop_condition", policies.drop_condition, held),
    )
    more: dict[str, Mutation] = {
        name: PointMutation(name, moves, needs, "policy") for name, moves, needs in rules
    }
    return found | more


def _crossovers() -> dict[str, Crossover]:
    two = "parents that differ in two open genes"
    table = (
        ("uniform", crossovers.uniform, two),
        ("one_point", crossovers.one_point, two),
        ("inherit_gene", crossovers.inherit_gene, two),
        ("splice_sentences", crossovers.splice_sentences, "parents that differ in a system text"),
        ("mix_demos", crossovers.mix_demos, "parents with different demonstrations"),
        ("blend_decisions", crossovers.blend_decisions, "parents that differ in a number"),
    )
    found: dict[str, Crossover] = {
        name: Recombination(name, mixtures, needs) for name, mixtures, needs in table
    }
    other = "parents with different rules"
    rules = (
        ("union_rules", policy_mixtures.union_rules, other),
        ("inherit_rule", policy_mixtures.inherit_rule, other),
        ("mix_rules", policy_mixtures.mix_rules, other),
    )
    more: dict[str, Crossover] = {
        name: Recombination(name, mixtures, needs, "policy") for name, mixtures, needs in rules
    }
    return found | more


MUTATIONS: Mapping[str, Mutation] = Operators(_mutations(), 3)
CROSSOVERS: Mapping[str, Crossover] = Operators(_crossovers(), 4)
