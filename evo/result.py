"""What a run gives back; plain frozen records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evo.champion import Version
from evo.gate import GateDecision
from evo.search.entry import Entry
from fitness.outcome import Outcome
from fitness.stats import Interval, mean_interval, tango, wilson


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
        calls: Calls that finding this genome took (search and gate), audit not included;
            ``None`` if an earlier run found it.
        tokens: Tokens of these calls.
        seconds: Wall time of these calls; less than on an empty store if some were replayed.
        scores: (n,) audit scores in the order of the suite; ``None`` where missing.
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
    calls: int | None
    tokens: int | None
    seconds: float | None
    scores: tuple[float | None, ...] = ()


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
        status: ``promoted``, ``kept`` (nothing passed the gate), or ``pending`` (what passed waits
            for approval); all are normal ends.
        reason: Why, in one sentence.
        champion: The version in force.
        arms: Final report.
        decisions: Gate decisions in order.
        front: Non-dominated genomes of the search.
        calls: Responses charged to the budget, stored ones included.
        bought: Calls really made.
        spend: Purpose to what it cost.
        levels: Baseline to (calls, quality on the search examples).
        folder: ``runs/<run-id>``.
        files: What was written there and in ``champions/``.
        written: Operator that asks a model to what became of its requests; empty without one.
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
    levels: dict[str, tuple[int, float]]
    folder: Path
    files: tuple[Path, ...]
    written: dict[str, dict[str, Any]] = field(default_factory=dict)

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
            "baselines": {name: [level] for name, level in self.levels.items()},
            "written": self.written,
            "files": [str(path) for path in self.files],
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
    clusters: Sequence[str],
    spend: Spend | None,
) -> Arm:
    """One row from audit outcomes; pairs with a missing side are left out.

    Where examples share clusters the intervals allow for it (Miller 2024, clustered errors).
    """
    known = [(o.score, c) for o, c in zip(outcomes, clusters, strict=True) if o.score is not None]
    mean = _interval([score for score, _ in known], [cluster for _, cluster in known])
    gain = None if seed is None else paired_gain(outcomes, seed, clusters)
    return Arm(
        name=name,
        genome_id=genome_id,
        n=len(known),
        score=mean.estimate,
        low=mean.low,
        high=mean.high,
        difference=None if gain is None else gain.estimate,
        difference_low=None if gain is None else gain.low,
        difference_high=None if gain is None else gain.high,
        calls=None if spend is None else spend.calls,
        tokens=None if spend is None else spend.tokens,
        seconds=None if spend is None else spend.seconds,
        scores=tuple(outcome.score for outcome in outcomes),
    )


def _interval(values: Sequence[float], clusters: Sequence[str]) -> Interval:
    grouped = len(set(clusters)) < len(clusters)
    if not grouped and set(values) <= {0.0, 1.0}:
        return wilson(int(sum(values)), len(values))
    return mean_interval(values, clusters=clusters if grouped else None)


def paired_gain(
    outcomes: Sequence[Outcome], seed: Sequence[Outcome], clusters: Sequence[str]
) -> Interval | None:
    """Mean paired difference of the scores with its 95 % interval; ``None`` without a pair.

    Args:
        outcomes: (n,) outcomes.
        seed: (n,) outcomes of the same examples to compare with.
        clusters: (n,) clusters of the examples.
    """
    pairs = [
        (a.score - b.score, cluster)
        for a, b, cluster in zip(outcomes, seed, clusters, strict=True)
        if a.score is not None and b.score is not None
    ]
    if not pairs:
        return None
    d, of = [value for value, _ in pairs], [cluster for _, cluster in pairs]
    if len(set(of)) == len(of) and set(d) <= {-1.0, 0.0, 1.0}:
        return tango(d.count(1.0), d.count(-1.0), len(d))
    return mean_interval(d, clusters=of)
