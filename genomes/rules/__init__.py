"""Rules on the use of tools: a small typed language, one readable line a rule.

Values: ``Rule``, ``Selector``, ``Compare``, ``Called``, ``Ref``, ``Const``, ``Insertion``. Text:
``parse_rule``, ``parse_rules``; ``str`` prints. Which tools there are: ``Tool``, ``Toolset``;
which rules may evolve: ``RuleSpace``. Judged before use: ``check_tools``, ``contradictions``;
after use: ``minimise``, ``contributions``. For one domain of an agent: ``Policy``.
The language by example: ``docs/policies.md``; what enforces it: ``evo.agents.policy``.
"""

from genomes.rules.condition import Called, Compare, Condition, Const, Ref
from genomes.rules.contradictions import Contradiction, contradictions
from genomes.rules.minimise import Contribution, contributions, minimise
from genomes.rules.parse import parse_rule, parse_rules
from genomes.rules.policy import Policy, Ties
from genomes.rules.rule import FORMS, Insertion, Kind, Rule
from genomes.rules.scan import SHAPES
from genomes.rules.selector import ANY, Selector, tool
from genomes.rules.space import RuleSpace
from genomes.rules.tools import Tool, Toolset, check_tools

__all__ = [
    "ANY",
    "FORMS",
    "SHAPES",
    "Called",
    "Compare",
    "Condition",
    "Const",
    "Contradiction",
    "Contribution",
    "Insertion",
    "Kind",
    "Policy",
    "Ref",
    "Rule",
    "RuleSpace",
    "Selector",
    "Ties",
    "Tool",
    "Toolset",
    "check_tools",
    "contradictions",
    "contributions",
    "minimise",
    "parse_rule",
    "parse_rules",
    "tool",
]
