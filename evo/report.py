"""The final report: what is in force and what it is compared with, on examples never used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evo.exports import export
from evo.plots import Baseline, GateMark, ScorePoint, plot_pareto, plot_progress
from evo.result import Arm, Spend, make_arm
from evo.session import Session
from fitness.budget import Budget, BudgetExhaustedError
from fitness.outcome import Outcome
from genomes import Genome

REPORT = "report.html"
"""Name of the report in the run's folder."""


def audit(
    session: Session, arms: Sequence[tuple[str, Genome, Spend | None]], budget: Budget
) -> tuple[tuple[Arm, ...], str]:
    """Measures each arm on the audit suites of the domain and compares it with the first.

    Opening the audit suite is logged. Without one the report is empty: no figure is better than
    one from examples that chose the genome.

    Args:
        session: The run.
        arms: (name, genome, what finding it cost, ``None`` if an earlier run found it); the
            seed first.
        budget: For these calls.

    Returns:
        The rows, and what to add to the run's reason: which arm could not be paid for.
    """
    suites = [s for s in session.task.of("audit") if s.domain == session.task.domain]
    if not suites:
        return (), ""
    session.store.add_event(
        session.run_id, "audit", {"suites": [s.name for s in suites], "arms": [a[0] for a in arms]}
    )
    rows: list[Arm] = []
    first: list[Outcome] | None = None
    clusters = [example.cluster for suite in suites for example in suite]
    for name, genome, spend in arms:
        try:
            outcomes = [
                outcome
                for suite in suites
                for outcome in session.measure(genome, suite, suite.examples, budget, "audit")
            ]
        except BudgetExhaustedError as error:
            return tuple(rows), f"; the audit ended before {name}: {error.what}"
        rows.append(make_arm(name, genome.id, outcomes, first, clusters, spend))
        first = outcomes if first is None else first
    return tuple(rows), ""


def write_files(
    session: Session,
    points: Sequence[ScorePoint],
    levels: Mapping[str, tuple[int, float]],
    marks: Sequence[GateMark],
) -> tuple[Path, ...]:
    """The champion's config and the plots, in the run's folder.

    Returns:
        What was written, and the report, which can be written only when the run is recorded.
    """
    champion = session.folder / "champion.yaml"
    version = session.registry.head()
    champion.write_text(export(version, "yaml", name=session.task.name), encoding="utf-8")
    pareto, progress = session.folder / "pareto.png", session.folder / "progress.png"
    plot_pareto(points, pareto)
    baselines = [Baseline(name, ((float(x), y),)) for name, (x, y) in levels.items()]
    plot_progress(points, progress, baselines=baselines, marks=marks)
    return champion, pareto, progress, session.folder / REPORT
