"""Which rules may evolve: the bounds of a policy gene and the material for new rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from genomes.errors import GenomeError
from genomes.rules.condition import WHOLE, Compare, Condition
from genomes.rules.rule import MOST, Kind, Rule
from genomes.rules.scan import Scanner
from genomes.rules.selector import SelectorKind
from genomes.rules.tools import Tool, Toolset, check_tools

ORDERING: tuple[Kind, ...] = ("before", "first", "last")
"""Kinds that only order calls."""


class RuleSpace(BaseModel):
    """Bounds of a policy gene.

    Attributes:
        tools: The tools that rules may name.
        max_rules: Most rules.
        kinds: Kinds of new rules, each equally likely; one given twice is twice as likely.
        selectors: How new rules may name calls.
        roles: Arguments that conditions may compare between two calls; empty for all that the
            tools have.
        pairs: (argument of the earlier call, argument of the later) that are tried first, such
            as those found equal within one request.
        values: (argument, JSON value) that conditions may ask for, such as
            ``("folder", '".."')``.
        states: (path, JSON value) of the state that conditions may ask for.
        texts: Texts that observation, error or request may contain.
        domains: Domains to which a rule may be narrowed; empty for none.
        max_conditions: Most conditions of a rule.
        max_priority: Largest priority.
        max_count: Largest number in ``at most`` and ``retry``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tools: tuple[Tool, ...] = Field(min_length=1)
    max_rules: int = Field(default=40, ge=0)
    kinds: tuple[Kind, ...] = Field(default=ORDERING, min_length=1)
    selectors: tuple[SelectorKind, ...] = ("tool", "class", "verb", "word", "any")
    roles: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    max_conditions: int = Field(default=2, ge=0)
    max_priority: int = Field(default=3, ge=0, le=MOST)
    max_count: int = Field(default=3, ge=1, le=MOST)

    @field_validator("values", "states")
    @classmethod
    def _json(cls, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for name, text in pairs:
            try:
                scan = Scanner(text)
                const = scan.const()
            except GenomeError as error:
                raise ValueError(f"{name}: {text!r} is no JSON value") from error
            if not scan.done or const.json != text:
                raise ValueError(f"{name}: {text!r} is not canonical JSON, such as {const.json}")
        return pairs

    def model_copy(
        self,
        *,
        update: Mapping[str, Any] | None = None,
        deep: bool = False,  # noqa: ARG002 (all values are frozen)
    ) -> RuleSpace:
        """A validated copy; one by the base class would keep what was derived from old values."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return RuleSpace(**{**kept, **(update or {})})

    @cached_property
    def toolset(self) -> Toolset:
        """The tools by name."""
        return Toolset(self.tools)

    @cached_property
    def known_roles(self) -> frozenset[str]:
        """All arguments that conditions may compare."""
        if self.roles:
            return frozenset(self.roles)
        return frozenset(arg for one in self.tools for arg in one.args)

    def refusal(self, rules: Sequence[Rule]) -> str | None:
        """Why a gene may not hold these rules; ``None`` if it may."""
        if len(rules) > self.max_rules:
            return f"{len(rules)} rules, max_rules is {self.max_rules}"
        try:
            check_tools(rules, self.toolset)
        except GenomeError as error:
            return str(error)
        return next(filter(None, map(self._beyond, rules)), None)

    def _beyond(self, rule: Rule) -> str | None:
        if rule.priority > self.max_priority:
            return f"priority above max_priority {self.max_priority}: {rule}"
        if len(rule.when) > self.max_conditions:
            return f"more conditions than max_conditions {self.max_conditions}: {rule}"
        strange = [one for one in rule.when if not self._role_known(one)]
        return f"an argument outside roles: {strange[0]} in {rule}" if strange else None

    def _role_known(self, condition: Condition) -> bool:
        if not isinstance(condition, Compare) or not condition.joins or not self.known_roles:
            return True
        asked = dict(self.values)
        return all(
            ref.path in self.known_roles or ref.path in asked or ref.path == WHOLE
            for ref in condition.refs
        )
