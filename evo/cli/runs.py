"""``evogate runs``: what was run in this workspace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from evo.cli.options import JsonOption, RunArgument, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.pages import SpendRow


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="List and show runs.", no_args_is_help=True)
    group.command("list", epilog=examples("evogate runs list", "evogate runs list --json"))(_list)
    group.command("show", epilog=examples("evogate runs show", "evogate runs show 20260101"))(_show)
    app.add_typer(group, name="runs")


def _list(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the runs of the workspace, oldest first."""
    from evo.cli.output import emit_json, emit_table
    from evo.cli.workspace import find_workspace

    with find_workspace(workspace).store() as store:
        found = store.runs()
    if as_json:
        emit_json([_public(run) for run in found])
        return
    columns = ("id", "name", "seed", "status", "started", "finished")
    emit_table(columns, ([run[column] for column in columns] for run in found))


def _show(
    run: RunArgument = "latest", workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show one run: its config, its summary, what it spent and its events."""
    from evo.cli.output import emit, emit_json, emit_table
    from evo.cli.workspace import find_workspace
    from evo.pages.spending import spend_rows

    with find_workspace(workspace).store() as store:
        found = store.run(run)
        events = store.events(found["id"])
        spend = spend_rows(store, found["id"])
    content = _public(found)
    if as_json:
        emit_json({**content, "spend": spend, "events": events})
        return
    for key in ("id", "name", "seed", "status", "started", "finished"):
        emit(f"{key:9} {content[key]}")
    summary = content["summary"] or {}
    told = {key: value for key, value in summary.items() if key not in ("arms", "spend")}
    emit_table(("what", "value"), _flat(told), title="summary")
    _show_arms(summary.get("arms") or ())
    _show_spend(spend)
    emit_table(
        ("time", "event", "content"),
        ((one["time"], one["kind"], _brief(one["payload"])) for one in events),
        title="events",
    )


def _show_arms(arms: Sequence[dict[str, Any]]) -> None:
    """The final report; without the score of each example, which ``--json`` has."""
    from evo.cli.output import emit_table
    from evo.pages.words import interval_text

    def gain(arm: dict[str, Any]) -> str | None:
        ends = arm["difference"], arm["difference_low"], arm["difference_high"]
        return interval_text(*ends, sign="+")

    emit_table(
        ("arm", "score (95 %)", "examples", "against the seed (95 %)", "genome"),
        (
            (
                arm["name"],
                interval_text(arm["score"], arm["low"], arm["high"]),
                arm["n"],
                gain(arm),
                arm["genome_id"][:12],
            )
            for arm in arms
        ),
        title="on audit examples, which neither search nor gate has seen",
    )


def _show_spend(spend: Sequence[SpendRow]) -> None:
    """The ledger by purpose and operator, and the totals."""
    from evo.cli.output import emit_table
    from evo.pages.spending import by_purpose
    from evo.pages.words import money_text

    rows = [row for row in spend if row.operator is not None]
    emit_table(
        ("purpose", "operator", "calls", "failed", "tokens", "money", "s"),
        (
            (
                row.purpose or "all",
                row.operator or "all",
                row.calls,
                row.failed,
                "unknown" if row.tokens is None else row.tokens,
                money_text(row.money) or "unknown",
                f"{row.seconds:.0f}",
            )
            for row in (*rows, *by_purpose(spend))
        ),
        title="spent on calls that the store could not answer; failed ones at their upper bound",
    )


def _public(run: dict[str, Any]) -> dict[str, Any]:
    content = {key: value for key, value in run.items() if key != "config_json"}
    return {**content, "config": json.loads(run["config_json"])}


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            rows += _flat(inner, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", _brief(inner) if isinstance(inner, list) else inner))
    return rows


def _brief(payload: Any, width: int = 100) -> str:
    text = json.dumps(payload, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 3]}..."
