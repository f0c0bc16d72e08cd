"""The rules that an agent enforces, as part of what it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from genomes.rules.parse import parse_rules
from genomes.rules.rule import Rule

Ties = Literal["given", "alphabetical", "hash"]
"""Order of calls about which no rule decides: as given, by their text, or by its SHA-256."""


@dataclass(frozen=True)
class Policy:
    """Rules on tool calls for one domain.

    Attributes:
        rules: One line a rule, without scope.
        ties: Order of what no rule decides.
    """

    rules: tuple[str, ...] = ()
    ties: Ties = "given"

    def parsed(self) -> tuple[Rule, ...]:
        """The rules as values."""
        return parse_rules(self.rules)
