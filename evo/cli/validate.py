"""``evogate validate``: everything that can be known before a call is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from evo.cli.options import ConfigArgument, ConfigOption, JsonOption, SetOption, examples

if TYPE_CHECKING:
    from evo.config import Config
    from evo.gate import AttemptRecord, Preflight
    from evo.task import Task
    from fitness.suites import Suite


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "validate",
        epilog=examples("evogate validate", "evogate validate --set gate.n=200 --json"),
    )(_validate)


def _validate(
    config: ConfigArgument = None,
    file: ConfigOption = None,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check config, data, scorers and genome, and say what the gate can detect; asks no model."""
    from evo.build_agent import check_agent
    from evo.build_task import build_task
    from evo.checks import check_scorers
    from evo.cli.lookup import read_config
    from evo.cli.output import emit_json, note
    from evo.gate import preflight
    from evo.gate.attempts import lineage_of

    resolved = read_config(config, file, sets)
    task = build_task(resolved)
    warnings = check_scorers(resolved, task)
    check_agent(resolved.agent)
    outlook = preflight(
        resolved.gate,
        task.suites,
        _history(resolved),
        domain=task.domain,
        lineage=lineage_of(task),
    )
    if as_json:
        rows = [_suite_row(suite) for suite in _by_role(task)]
        emit_json(
            {
                "name": task.name,
                "seed": task.seed.id,
                "suites": rows,
                "warnings": warnings,
                "gate": outlook,
            }
        )
    else:
        _show(task, outlook)
        for finding in warnings:
            note(f"warning: {finding.line()}")


def _show(task: Task, outlook: Preflight) -> None:
    from evo.cli.output import emit, emit_table
    from evo.cli.summary import gate_lines

    emit(f"{task.name}: seed genome {task.seed.id[:12]}, {len(task.spec.slots)} genes may vary\n")
    rows = [_suite_row(suite) for suite in _by_role(task)]
    columns = ("suite", "role", "domain", "examples", "clusters", "targets")
    emit_table(columns, ([row[column] for column in columns] for row in rows))
    emit("")
    for line in gate_lines(outlook):
        emit(line)


def _by_role(task: Task) -> list[Suite]:
    from fitness.suites import ROLES

    return sorted(task.suites, key=lambda suite: ROLES.index(suite.role))


def _suite_row(suite: Suite) -> dict[str, Any]:
    targets = sorted({example.target for example in suite})
    shown = ", ".join(targets) if len(targets) <= 5 else f"{len(targets)} different"
    return {
        "suite": suite.name,
        "role": suite.role,
        "domain": suite.domain,
        "examples": len(suite),
        "clusters": len({example.cluster for example in suite}),
        "targets": shown,
    }


def _history(config: Config) -> list[AttemptRecord]:
    from evo.gate.attempts import history
    from evo.storage import Store

    if not config.store_path.is_file():
        return []
    with Store(config.store_path) as store:
        return list(history(store))
