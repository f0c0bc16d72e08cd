"""Settings of the search."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SearchConfig(BaseModel):
    """How the search spends its calls.

    Attributes:
        children: Proposals of one generation; twice as many in a population's first, and
            more in proportion to ``parents`` in a larger population.
        blocks: Examples seen at the end of each racing round, ascending; the last is the whole
            search suite in use. A child meets the first block; survivors meet the next.
        keep: Share of the raced genomes that goes on after each block but the last.
        restart: Probability that a proposal is a random restart from the stock library.
        few_shot: Probability that a proposal is a parent with fresh demonstrations.
        crossover: Probability that a proposal is a crossover of two parents.
        look: Probability that, instead of proposing, the leaders meet fresh examples of the
            reserve, from a population's third generation on.
        parents: Genomes that the first population keeps as parents (elitist).
        finalists: Genomes measured on reserve examples before one is sent to the gate; 0 skips
            this confirmation.
        reserve: Reserve examples for the finalists.
        share: Share of the call budget that the search may spend; the rest is for gate,
            regression and audit.
        regression: Examples of each regression domain measured for a possible finalist.
        stagnation: Generations in which neither the best nor the mean parent improved, after
            which the population is left for a new one of twice the size.
        islands: Populations in a row that found nothing better, after which the search ends.
        written: Share of the proposals that a model writes, where ``models.proposer`` is given.
        best_of_n: Also run best-of-N from the same library with the calls that the search spent.
        gate_attempts: Most candidates sent to the gate in one run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    children: int = Field(default=8, ge=1)
    blocks: tuple[int, ...] = (20, 60, 150)
    keep: float = Field(default=0.3, gt=0, le=1)
    restart: float = Field(default=0.1, ge=0, le=1)
    few_shot: float = Field(default=0.3, ge=0, le=1)
    crossover: float = Field(default=0.2, ge=0, le=1)
    look: float = Field(default=0.1, ge=0, lt=1)
    parents: int = Field(default=4, ge=1)
    finalists: int = Field(default=3, ge=0)
    reserve: int = Field(default=100, ge=0)
    share: float = Field(default=0.5, gt=0, le=1)
    regression: int = Field(default=20, ge=0)
    stagnation: int = Field(default=3, ge=1)
    islands: int = Field(default=3, ge=1)
    written: float = Field(default=0.4, ge=0, le=1)
    best_of_n: bool = False
    gate_attempts: int = Field(default=2, ge=0)
