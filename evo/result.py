"""What a run gives back; plain frozen records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evo.champion import Version
from evo.gate import GateDecision
from evo.search.archive import Entry
from fitness.outcome import Outcome
from fitness.stats import mean_interval, tango, wilson


@dataclass(frozen=True)
class Arm:
    """One row of the final report, measured on the audit suite.

    Attributes:
        name: ``seed``, ``reading``, ``champion`` or ``best_of_n``.
        genome_id: Content hash.
        n: Audit examples measured.
        score: Mean score in [0, 1].
        low: Lower end of its 95 % interval.
        high: Upper end.
        difference: Paired mean difference to the seed; ``None`` for the seed.
        difference_low: Lower end of its 95 % interval.
        difference_high: Upper end.
        calls: Calls that finding this genome took (search and gate); audit not included.
        tokens: Tokens of these calls.
        seconds: Wall time of these calls.
    """

    name: str
    genome_id: str
    n: int
    score: float
    low: float
    high: float
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    calls: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Spend:
    """Calls, tokens and seconds of one purpose.

    Attributes:
        calls: Responses charged.
        tokens: Tokens charged.
        seconds: Wall time.
    """

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: Spend) -> Spend:
        return Spend(
            self.calls + other.calls, self.tokens + other.tokens, self.seconds + other.seconds
        )


@dataclass(frozen=True)
class Result:
    """Outcome of a run.

    Attributes:
        run_id: Id of the run.
        status: ``promoted``, ``kept`` (nothing passed the gate), both normal ends.
        reason: Why, in one sentence.
        champion: The version in force.
        arms: Final report.
        decisions: Gate decisions in order.
        front: Non-dominated genomes of the search.
        calls: Responses charged to the budget, stored ones included.
        bought: Calls really made.
        spend: Purpose to what it cost.
        folder: ``runs/<run-id>``.
        files: What was written there and in ``champions/``.
    """

    run_id: str
    status: str
    reason: str
    champion: Version
    arms: tuple[Arm, ...]
    decisions: tuple[GateDecision, ...]
    front: tuple[Entry, ...]
    calls: int
    bought: int
    spend: dict[str, Spend]
    folder: Path
    files: tuple[Path, ...]

    def summary(self) -> dict[str, Any]:
        """The result as JSON content, for the store and ``--json``."""
        return {
            "run": self.run_id,
            "status": self.status,
            "reason": self.reason,
            "champion": {"version": self.champion.number, "genome_id": self.champion.genome.id},
            "arms": [asdict(arm) for arm in self.arms],
            "gate": [
                {"attempt": d.attempt_id, "verdict": d.verdict, "reason": d.reason}
                for d in self.decisions
            ],
            "calls": self.calls,
            "bought": self.bought,
            "spend": {name: asdict(spend) for name, spend in self.spend.items()},
            "baselines": self.baselines(),
            "files": [str(path) for path in self.files],
        }

    def baselines(self) -> dict[str, list[tuple[int, float]]]:
        """Name to (calls, audit score), for plots."""
        return {
            arm.name: [(arm.calls, arm.score)]
            for arm in self.arms
            if arm.name in ("reading", "best_of_n")
        }

    def export(self, to: str, path: str | Path) -> Path:
        """Writes the champion in one of the formats of ``evogate export``."""
        from evo.exports import export

        target = Path(path)
        target.write_text(export(self.champion, to), encoding="utf-8")
        return target


def make_arm(
    name: str,
    genome_id: str,
    outcomes: Sequence[Outcome],
    seed: Sequence[Outcome] | None,
    spend: Spend,
) -> Arm:
    """One row from audit outcomes; pairs with a missing side are left out."""
    scores = np.array([o.score for o in outcomes if o.score is not None], dtype=float)
    binary = bool(np.isin(scores, (0.0, 1.0)).all())
    mean = (
        wilson(int(scores.sum()), scores.size) if binary and scores.size else mean_interval(scores)
    )
    difference = (None, None, None) if seed is None else _paired(outcomes, seed)
    return Arm(
        name, genome_id, int(scores.size), mean.estimate, mean.low, mean.high, *difference,
        spend.calls, spend.tokens, spend.seconds,
    )  # fmt: skip


def _paired(
    outcomes: Sequence[Outcome], seed: Sequence[Outcome]
) -> tuple[float | None, float | None, float | None]:
    d = np.array(
        [
            a.score - b.score
            for a, b in zip(outcomes, seed, strict=True)
            if a.score is not None and b.score is not None
        ],
        dtype=float,
    )
    if d.size == 0:
        return None, None, None
    if np.isin(d, (-1.0, 0.0, 1.0)).all():
        interval = tango(int((d > 0).sum()), int((d < 0).sum()), d.size)
    else:
        interval = mean_interval(d)
    return interval.estimate, interval.low, interval.high
