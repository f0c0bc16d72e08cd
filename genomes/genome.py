"""The genome: an immutable set of typed genes under a host contract."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from genomes.decision import DecisionGene
from genomes.demo import DemoGene
from genomes.domain import Domain
from genomes.errors import GenomeError
from genomes.fragment import FragmentGene
from genomes.hashing import content_hash
from genomes.policy import PolicyGene
from genomes.reasoning import ReasoningGene

SCHEMA_VERSION = 1

Gene = Annotated[
    FragmentGene | ReasoningGene | DecisionGene | DemoGene | PolicyGene,
    Field(discriminator="kind"),
]


class Genome(BaseModel):
    """An agent's behaviour as genes; its id is the hash of its content.

    Attributes:
        schema_version: Version of the stored form.
        domains: The host contract; never evolves.
        genes: In rendering order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    domains: tuple[Domain, ...] = Field(min_length=1)
    genes: tuple[Gene, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Genome:
        for what, names in (
            ("gene ids", [gene.id for gene in self.genes]),
            ("domains", [domain.name for domain in self.domains]),
        ):
            if len(set(names)) < len(names):
                twice = sorted({name for name in names if names.count(name) > 1})
                raise ValueError(f"{what} are not unique: {', '.join(twice)}")
        return self

    @cached_property
    def id(self) -> str:
        """Content hash, 64 hexadecimal digits; show the first 12."""
        return content_hash(self)

    def domain(self, name: str) -> Domain:
        """The contract of one domain.

        Raises:
            GenomeError: The genome does not know the domain.
        """
        for domain in self.domains:
            if domain.name == name:
                return domain
        known = ", ".join(domain.name for domain in self.domains)
        raise GenomeError(f"unknown domain {name!r}", remedy=f"known domains: {known}")

    def gene(self, gene_id: str) -> Gene:
        """The gene with this id.

        Raises:
            GenomeError: There is none.
        """
        for gene in self.genes:
            if gene.id == gene_id:
                return gene
        known = ", ".join(gene.id for gene in self.genes)
        raise GenomeError(f"no gene {gene_id!r}", remedy=f"the genome has: {known}")

    def with_gene(self, changed: Gene) -> Genome:
        """A new genome in which ``changed`` takes the place of the gene with its id."""
        self.gene(changed.id)
        genes = tuple(changed if gene.id == changed.id else gene for gene in self.genes)
        return self.with_genes(genes)

    def with_genes(self, genes: tuple[Gene, ...]) -> Genome:
        """A validated genome with other genes (``model_copy`` would keep the cached id)."""
        return Genome(schema_version=self.schema_version, domains=self.domains, genes=genes)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Genome) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)
