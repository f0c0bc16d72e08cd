"""What evolves: typed genes, genomes, what may vary, and how they are rendered.

Values: ``Genome``, ``FragmentGene``, ``ReasoningGene``, ``DecisionGene``, ``DemoGene``, ``Demo``,
``PolicyGene``, ``Domain``. Permission to vary: ``GenomeSpec``, ``Slot``. For the agent: ``render``,
``Rendered``, with ``Conduct`` and ``Policy``. Rules on tool calls: ``genomes.rules``.
As text: ``to_json``, ``from_json``, ``to_yaml``, ``from_yaml``. Compared: ``diff``,
``format_diff``, ``GeneChange``. How genomes vary: ``genomes.variation``; from which texts:
``genomes.library``.
"""

from genomes.codec import from_json, from_yaml, to_json, to_yaml
from genomes.conduct import Conduct
from genomes.decision import DecisionGene
from genomes.demo import Demo, DemoGene
from genomes.diff import GeneChange, diff, format_diff
from genomes.domain import Domain
from genomes.fragment import FragmentGene
from genomes.genome import Gene, Genome
from genomes.policy import PolicyGene
from genomes.reasoning import ReasoningGene
from genomes.render import render
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn
from genomes.rules import Policy, RuleSpace
from genomes.spec import GenomeSpec, Slot

__all__ = [
    "Conduct",
    "DecisionGene",
    "Demo",
    "DemoGene",
    "Domain",
    "FragmentGene",
    "Gene",
    "GeneChange",
    "Genome",
    "GenomeSpec",
    "Policy",
    "PolicyGene",
    "ReadingRule",
    "ReasoningGene",
    "Rendered",
    "RuleSpace",
    "Sampling",
    "Slot",
    "Turn",
    "diff",
    "format_diff",
    "from_json",
    "from_yaml",
    "render",
    "to_json",
    "to_yaml",
]
