"""What evolves: typed genes, genomes, what may vary, and how they are rendered.

Values: ``Genome``, ``FragmentGene``, ``ReasoningGene``, ``DecisionGene``, ``DemoGene``, ``Demo``,
``Domain``. Permission to vary: ``GenomeSpec``, ``Slot``. For the agent: ``render``, ``Rendered``.
"""

from genomes.decision import DecisionGene
from genomes.demo import Demo, DemoGene
from genomes.domain import Domain
from genomes.fragment import FragmentGene
from genomes.genome import Gene, Genome
from genomes.reasoning import ReasoningGene
from genomes.render import render
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn
from genomes.spec import GenomeSpec, Slot

__all__ = [
    "DecisionGene",
    "Demo",
    "DemoGene",
    "Domain",
    "FragmentGene",
    "Gene",
    "Genome",
    "GenomeSpec",
    "ReadingRule",
    "ReasoningGene",
    "Rendered",
    "Sampling",
    "Slot",
    "Turn",
    "render",
]
