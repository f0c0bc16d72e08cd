"""A run's stored records as what the tables, pictures and pages are made from."""

from __future__ import annotations

import json
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
        seed: Seed of its random numbers.
        status: ``done``, ``running``, ``interrupted`` or ``failed``.
        started: Time, UTC.
        finished: Time, UTC; ``None`` until then.
        config: The resolved config.
        summary: Content of ``Result.summary``; empty until the run has finished.
        scores: Payloads of the score table in order, each with its ``genome_id``.
        points: One point a genome, as it was known at the end; pictures and tables show these.
        history: Every point ever stored, in order: the lineage follows earlier readings too.
        proposals: Records of the proposals, in order; a child may come more than once.
        gaps: What the run saw of each gap (``before``, ``after``), costliest first.
        gap_events: What happened to gaps in this run, in order, with the evidence.
        attempts: Rows of the gate's ledger that belong to this run.
        marks: Decisions of the gate.
        baselines: What the run compared itself with.
    """

    run_id: str
    name: str
    seed: int
    status: str
    started: str
    finished: str | None
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    scores: tuple[Mapping[str, Any], ...]
    points: tuple[ScorePoint, ...]
    history: tuple[ScorePoint, ...]
    proposals: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, Any], ...]
    gap_events: tuple[Mapping[str, Any], ...]
    attempts: tuple[Mapping[str, Any], ...]
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
    run_id, summary = found["id"], found["summary"] or {}
    scores, events = store.scores(run_id), store.events(run_id)
    return RunRecords(
        run_id=run_id,
        name=found["name"],
        seed=found["seed"],
        status=found["status"],
        started=found["started"],
        finished=found["finished"],
        config=json.loads(found["config_json"]),
        summary=summary,
        scores=tuple(scores),
        points=tuple(_point(score) for score in _final(scores)),
        history=tuple(_point(score) for score in scores),
        proposals=tuple(store.proposals(run_id)),
        attempts=tuple(row for row in store.attempts() if row["run_id"] == run_id),
        gaps=tuple(_gaps(events)),
        gap_events=tuple(e for e in store.gap_events(found["name"]) if e["run_id"] == run_id),
        marks=tuple(_marks(events)),
        baselines=_baselines(scores, summary),
    )


def _final(scores: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """What was stored at the end of the run, or everything of a run that did not get there.

    Fitting the reading on more examples changes a genome's id; its earlier id is not another
    genome and must not be shown beside it.
    """
    return [score for score in scores if score.get("final")] or scores


def _point(score: Mapping[str, Any]) -> ScorePoint:
    content = {name: score[name] for name in _FIELDS if name in score}
    return ScorePoint(**{**content, "parents": tuple(content.get("parents") or ())})


def _marks(events: Sequence[Mapping[str, Any]]) -> list[GateMark]:
    return [
        GateMark(int(event["payload"]["calls"]), str(event["payload"]["verdict"]))
        for event in events
        if event["kind"] == "gate"
    ]


def _gaps(events: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The last word of the run: a resumed one may have said it twice."""
    told = [event["payload"] for event in events if event["kind"] == "gaps"]
    return told[-1]["gaps"] if told else ()


def _baselines(
    scores: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]
) -> tuple[Baseline, ...]:
    seeds = [score for score in scores if score.get("is_seed")]
    found = [Baseline("seed", ((0.0, float(seeds[0]["quality"])),))] if seeds else []
    for name, points in (summary.get("baselines") or {}).items():
        found.append(Baseline(name, tuple((float(x), float(y)) for x, y in points)))
    return tuple(found)
