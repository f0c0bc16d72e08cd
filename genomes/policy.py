"""Rules on the use of tools."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import field_validator

from genomes.errors import GenomeError
from genomes.gene import GeneBase, RenderDraft
from genomes.rules.parse import parse_rule, parse_rules
from genomes.rules.policy import Ties
from genomes.rules.rule import Rule

HEADING = (
    "Rules for the use of tools (x is the first call that a rule names, y the second; any, "
    "verb:, word: and class: stand for several tools):"
)
"""The line above the rules in a prompt."""


class PolicyGene(GeneBase):
    """Rules on the order, number and conditions of tool calls; see ``genomes.rules``.

    Attributes:
        rules: One line a rule, in canonical form, none twice; the order is the last resort where
            two rules disagree.
        enforce: Whether the agent's policy engine enforces them.
        text: Whether they stand in the prompt.
        ties: Order of calls about which no rule decides.
    """

    kind: Literal["policy"] = "policy"
    rules: tuple[str, ...] = ()
    enforce: bool = True
    text: bool = False
    ties: Ties = "given"

    @field_validator("rules")
    @classmethod
    def _canonical(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
        try:
            lines = tuple(str(parse_rule(line)) for line in rules)
        except GenomeError as error:
            raise ValueError(f"{error.what} ({error.where})") from error
        twice = [line for line in dict.fromkeys(lines) if lines.count(line) > 1]
        if twice:
            raise ValueError(f"the rule {twice[0]!r} stands there twice")
        return lines

    @property
    def parsed(self) -> tuple[Rule, ...]:
        """The rules as values."""
        return parse_rules(self.rules)

    def rules_in(self, domain: str) -> tuple[Rule, ...]:
        """The rules in scope for a domain, their own scope left out."""
        found = (replace(rule, domains=()) for rule in self.parsed if rule.acts_in(domain))
        return tuple({str(rule): rule for rule in found}.values())

    def contribute(self, draft: RenderDraft) -> None:
        """Adds its rules to the policy, to the system turn, to both or to neither."""
        rules = self.rules_in(draft.domain.name)
        if self.enforce:
            draft.rules.extend(str(rule) for rule in rules)
            draft.ties = self.ties if self.ties != "given" else draft.ties
        if self.text and rules:
            draft.system.append("\n".join([HEADING, *(f"- {rule.bare}" for rule in rules)]))
