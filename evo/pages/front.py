"""The trade-offs that a run has found, as rows."""

from __future__ import annotations

from dataclasses import dataclass

from evo.pages.records import RunRecords
from evo.plots.pareto import pareto_data


@dataclass(frozen=True)
class FrontRow:
    """One genome in the table of ``evogate pareto``.

    Attributes:
        genome: Content hash.
        front: Whether no other beats it in both quality and cost.
        role: ``champion``, ``seed`` or ``None``.
        quality: Mean score on the search examples, which have guided the search.
        quality_se: Its standard error; ``None`` if unknown.
        regression: Mean score on the regression domains' search part; ``None`` if not measured.
        cost: Tokens per call.
        length: Characters of prompt.
        operator: Who made it.
    """

    genome: str
    front: bool
    role: str | None
    quality: float
    quality_se: float | None
    regression: float | None
    cost: float | None
    length: int
    operator: str | None


def front_rows(records: RunRecords, *, everything: bool = False) -> tuple[FrontRow, ...]:
    """The front by cost, then the dominated genomes if ``everything`` is wanted."""
    data = pareto_data(records.points)
    latest = {score["genome_id"]: score for score in records.scores}
    front = set(data.front)
    return tuple(
        FrontRow(
            genome=point.genome_id,
            front=point in front,
            role="champion" if point.is_champion else "seed" if point.is_seed else None,
            quality=point.quality,
            quality_se=point.quality_se,
            regression=latest[point.genome_id].get("regression"),
            cost=point.cost,
            length=point.length,
            operator=point.operator,
        )
        for point in (data.points if everything else data.front)
    )
