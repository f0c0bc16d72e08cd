"""A run's stored scores and events as what the plots and tables are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from evo.plots.records import Baseline, GateMark, ScorePoint

if TYPE_CHECKING:
    from evo.storage import Store

_FIELDS = tuple(field.name for field in fields(ScorePoint))


@dataclass(frozen=True)
class RunRecords:
    """What is known of a run.

    Attributes:
        run_id: Its full id.
        name: Name of the agent.
        scores: Payloads of the score table in order, each with its ``genome_id``.
        points: The same as points of a plot.
        marks: Decisions of the gate.
        baselines: What the run compared itself with.
    """

    run_id: str
    name: str
    scores: tuple[Mapping[str, Any], ...]
    points: tuple[ScorePoint, ...]
    marks: tuple[GateMark, ...]
    baselines: tuple[Baseline, ...]


def run_records(store: Store, run: str) -> RunRecords:
    """Reads the records of one run.

    Args:
        store: The workspace store.
        run: Id of the run, its beginning, or ``latest``.

    Raises:
        ConfigError: There is no such run.
    """
    found = store.run(run)
    scores = store.scores(found["id"])
    events = [event for event in store.events(found["id"]) if event["kind"] == "gate"]
    return RunRecords(
        run_id=found["id"],
        name=found["name"],
        scores=tuple(scores),
        points=tuple(_point(score) for score in scores),
        marks=tuple(
            GateMark(int(event["payload"]["calls"]), str(event["payload"]["verdict"]))
            for event in events
        ),
        baselines=_baselines(scores, found["summary"] or {}),
    )


def _point(score: Mapping[str, Any]) -> ScorePoint:
    return ScorePoint(**{name: score[name] for name in _FIELDS if name in score})


def _baselines(
    scores: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]
) -> tuple[Baseline, ...]:
    seeds = [score for score in scores if score.get("is_seed")]
    found = [Baseline("seed", ((0.0, float(seeds[0]["quality"])),))] if seeds else []
    for name, points in (summary.get("baselines") or {}).items():
        found.append(Baseline(name, tuple((float(x), float(y)) for x, y in points)))
    return tuple(found)
