"""Everything that the report of a run shows, before it becomes a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evo.gate.explain import Explanation
from evo.pages.attempts import AttemptRow, attempt_rows, explanations
from evo.pages.changes import Comparison, comparison
from evo.pages.children import children
from evo.pages.front import FrontRow, front_rows
from evo.pages.gaps import GapRow, gap_rows
from evo.pages.hypotheses import HypothesisRow, hypothesis_rows
from evo.pages.operators import OperatorRow, family_rows, operator_rows
from evo.pages.records import RunRecords, run_records
from evo.pages.spending import SpendRow, by_purpose, spend_rows
from evo.pages.words import interval_text, money_text
from evo.pages.written import WrittenRow, written_rows
from evo.result import Arm

if TYPE_CHECKING:
    from evo.storage import Store


@dataclass(frozen=True)
class Content:
    """The tables of a report; the pictures are drawn from ``run``.

    Attributes:
        run: The records of the run.
        arms: Champion, seed and baselines on the audit suite.
        attempts: Gate attempts.
        explained: The same, with all that there is to read about each.
        compared: Champion against seed; ``None`` if the store does not hold both.
        front: The Pareto front, with seed and champion beside it where they are not on it.
        gaps: Gaps before and after.
        families: What each family of operators earned.
        operators: What each operator earned.
        written: What came of asking a model for proposals.
        hypotheses: Why proposals should have helped, and whether it held.
        spending: The ledger by purpose, the total last.
    """

    run: RunRecords
    arms: tuple[Arm, ...]
    attempts: tuple[AttemptRow, ...]
    explained: tuple[Explanation, ...]
    compared: Comparison | None
    front: tuple[FrontRow, ...]
    gaps: tuple[GapRow, ...]
    families: tuple[OperatorRow, ...]
    operators: tuple[OperatorRow, ...]
    written: tuple[WrittenRow, ...]
    hypotheses: tuple[HypothesisRow, ...]
    spending: tuple[SpendRow, ...]

    @property
    def promoted(self) -> int:
        """Promotions of this run."""
        return sum(attempt.verdict == "PROMOTE" for attempt in self.attempts)


def report_content(store: Store, run: str) -> Content:
    """Reads all that a report shows of one run.

    Args:
        store: The workspace store.
        run: Id of the run, its beginning, or ``latest``.

    Raises:
        ConfigError: There is no such run.
    """
    records = run_records(store, run)
    spend = spend_rows(store, records.run_id)
    return Content(
        run=records,
        arms=tuple(Arm(**arm) for arm in records.summary.get("arms") or ()),
        attempts=attempt_rows(records),
        explained=explanations(store, records),
        compared=comparison(store, records),
        front=tuple(row for row in front_rows(records, everything=True) if row.front or row.role),
        gaps=gap_rows(records),
        families=family_rows(records, spend),
        operators=operator_rows(records, spend),
        written=written_rows(records),
        hypotheses=hypothesis_rows(children(records)),
        spending=by_purpose(spend),
    )


def headline(content: Content) -> str:
    """How the run ended, in words."""
    summary, status = content.run.summary, content.run.status
    if status == "running":
        return "The run has not ended, or was killed: what follows is what it stored so far."
    if "error" in summary:
        return f"The run {status}: {summary['error']}"
    number = (summary.get("champion") or {}).get("version")
    force = "" if number is None else f" Version {number} is in force."
    what = "A candidate was promoted." if content.promoted else "Nothing was promoted."
    reason = str(summary.get("reason") or "")
    return f"{what}{force} {reason[:1].upper()}{reason[1:]}".strip()


def facts(content: Content) -> Iterator[tuple[str, str, str]]:
    """(name, value, note) of what matters most."""
    arms = {arm.name: arm for arm in content.arms}
    for name in ("seed", "champion"):
        if name in arms:
            arm = arms[name]
            yield f"{name} on audit", f"{arm.score:.3f}", f"{arm.low:.3f} to {arm.high:.3f}"
    gain = arms.get("champion")
    if gain is not None and gain.difference is not None:
        text = interval_text(gain.difference, gain.difference_low, gain.difference_high, sign="+")
        value, _, interval = (text or "").partition(" ")
        yield "champion against seed", value, interval.strip("()")
    yield "gate attempts", str(len(content.attempts)), f"{content.promoted} promoted"
    total = content.spending[-1]
    tokens = "tokens unknown" if total.tokens is None else f"{total.tokens} tokens"
    money = money_text(total.money) or "money unknown"
    yield "calls bought", str(total.calls), f"{tokens}, {money}"
