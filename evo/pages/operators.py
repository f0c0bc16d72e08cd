"""What each operator earned for its calls."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evo.pages.children import Child, children
from evo.pages.records import RunRecords
from evo.pages.spending import SpendRow
from evo.plots import Family, family, lineage_data
from fitness.stats import mean_interval


@dataclass(frozen=True)
class OperatorRow:
    """One operator, or one family of them, in one run.

    Attributes:
        operator: Its name; operators applied together are joined by ``+``. ``None`` for all of
            the family.
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

    operator: str | None
    family: Family
    calls: int
    proposals: int
    kept: int
    ancestors: int
    gain: float | None
    low: float | None
    high: float | None
    per_100: float | None


@dataclass(frozen=True)
class _Work:
    """What is known of one operator before it becomes a row."""

    operator: str
    made: tuple[Child, ...]
    calls: int
    ancestors: int


def operator_rows(records: RunRecords, spend: Sequence[SpendRow]) -> tuple[OperatorRow, ...]:
    """One row an operator, the best earner first.

    All children count, those that lost the race too: a mean over survivors would flatter.

    Args:
        records: The run.
        spend: Its ledger by purpose and operator.
    """
    rows = [_row(one.operator, [one]) for one in _works(records, spend)]
    return tuple(sorted(rows, key=_rank))


def family_rows(records: RunRecords, spend: Sequence[SpendRow]) -> tuple[OperatorRow, ...]:
    """The same for families of operators: many combinations of operators come only once."""
    groups: dict[Family, list[_Work]] = defaultdict(list)
    for one in _works(records, spend):
        groups[family(one.operator)].append(one)
    return tuple(sorted((_row(None, group) for group in groups.values()), key=_rank))


def _rank(row: OperatorRow) -> tuple[float, str]:
    return (math.inf if row.per_100 is None else -row.per_100, row.operator or row.family)


def _works(records: RunRecords, spend: Sequence[SpendRow]) -> list[_Work]:
    made: dict[str, list[Child]] = defaultdict(list)
    for child in children(records):
        made[child.operator].append(child)
    calls = Counter[str]()
    for row in spend:
        if row.purpose != "best_of_n" and row.operator not in (None, "seed"):
            calls[str(row.operator)] += row.calls
    line = Counter(
        node.point.operator
        for node in lineage_data(records.history).nodes
        if node.ancestral and node.point.operator != "seed"
    )
    names = dict.fromkeys((*made, *calls))
    return [_Work(name, tuple(made[name]), calls[name], line[name]) for name in names]


def _row(operator: str | None, group: Sequence[_Work]) -> OperatorRow:
    made = [child for one in group for child in one.made]
    calls = sum(one.calls for one in group)
    gains = [child.gain.mean for child in made if child.gain is not None]
    mean = mean_interval(gains) if gains else None
    known = mean is not None and math.isfinite(mean.low)
    return OperatorRow(
        operator=operator,
        family=family(group[0].operator),
        calls=calls,
        proposals=len(made),
        kept=sum(child.kept for child in made),
        ancestors=sum(one.ancestors for one in group),
        gain=mean.estimate if mean is not None else None,
        low=mean.low if mean is not None and known else None,
        high=mean.high if mean is not None and known else None,
        per_100=100.0 * sum(gains) / calls if calls and gains else None,
    )
