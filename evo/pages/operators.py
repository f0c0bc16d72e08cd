"""What each operator earned for its calls."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evo.pages.children import Child, children
from evo.pages.records import RunRecords
from evo.pages.spending import SpendRow
from evo.plots import Family, family, lineage_data
from fitness.stats import mean_interval


@dataclass(frozen=True)
class OperatorRow:
    """One operator in one run.

    Attributes:
        operator: Its name; operators applied together are joined by ``+``.
        family: What kind of change it makes.
        calls: Calls bought for writing and measuring its children, the draws of best-of-N aside;
            what was stored cost nothing.
        proposals: Children that met at least the first examples.
        kept: Those that survived the race and were measured on the whole search suite.
        ancestors: Those in the champion's line, the champion included.
        gain: Mean over the children of the paired gain over the parent, in [-1, 1]; ``None`` if
            no child has one.
        low: Lower end of its 95 % interval over the children; ``None`` below two children.
        high: Upper end.
        per_100: Sum of the gains for 100 calls; ``None`` without calls.
    """

    operator: str
    family: Family
    calls: int
    proposals: int
    kept: int
    ancestors: int
    gain: float | None
    low: float | None
    high: float | None
    per_100: float | None


def operator_rows(records: RunRecords, spend: Sequence[SpendRow]) -> tuple[OperatorRow, ...]:
    """One row an operator, the best earner first.

    All children count, those that lost the race too: a mean over survivors would flatter.

    Args:
        records: The run.
        spend: Its ledger by purpose and operator.
    """
    made: dict[str, list[Child]] = defaultdict(list)
    for child in children(records):
        made[child.operator].append(child)
    calls: dict[str, int] = defaultdict(int)
    for row in spend:
        if row.purpose != "best_of_n" and row.operator not in (None, "seed"):
            calls[str(row.operator)] += row.calls
    line = _line(records)
    rows = [_row(name, made[name], calls[name], line) for name in {**made, **calls}]
    return tuple(sorted(rows, key=_rank))


def _rank(row: OperatorRow) -> tuple[float, str]:
    return (math.inf if row.per_100 is None else -row.per_100, row.operator)


def _line(records: RunRecords) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for node in lineage_data(records.history).nodes:
        if node.ancestral:
            counts[node.point.operator or ""] += 1
    return counts


def _row(name: str, made: Sequence[Child], calls: int, line: Mapping[str, int]) -> OperatorRow:
    gains = [child.gain.mean for child in made if child.gain is not None]
    mean = mean_interval(gains)
    known = math.isfinite(mean.low)
    return OperatorRow(
        operator=name,
        family=family(name),
        calls=calls,
        proposals=len(made),
        kept=sum(child.kept for child in made),
        ancestors=line.get(name, 0),
        gain=mean.estimate if gains else None,
        low=mean.low if known else None,
        high=mean.high if known else None,
        per_100=100.0 * sum(gains) / calls if calls and gains else None,
    )
