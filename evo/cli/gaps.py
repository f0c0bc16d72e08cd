"""``evogate gaps``: where the champion falls short, and what the search for it could not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.options import JsonOption, RunArgument, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.gaps import Gap, GapReport, TrackedGap
    from evo.storage import Store

_COLUMNS = (
    *("gap", "state", "kind", "domain", "slice", "n", "rate", "95 %", "rest", "priority"),
    "since",
)
_ALL = ("gap", "state", "confirmed", "kind", "domain", "slice", "opened", "changed", "last")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "gaps",
        epilog=examples(
            "evogate gaps",
            "evogate gaps latest --json",
            "evogate gaps --all",
            "evogate gaps --replicates 3 --budget calls=200",
        ),
    )(_gaps)


def _gaps(
    run: RunArgument = "latest",
    everything: Annotated[
        bool,
        typer.Option("--all", help="Show every gap that any run of the agent has seen."),
    ] = False,
    replicates: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="K",
            help="First ask the version in force again, K times for each of at most gaps.examples "
            "search examples: shows where its answers change. Needs --budget.",
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="LIMITS", help="For --replicates: calls=N,usd=X,tokens=N,minutes=N."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show where the champion falls short on the search examples, costliest first.

    A gap was found in one half of the examples and again in the other. A lead was not: it may be
    chance and only guides proposals. The last table says what the search could not have seen.
    """
    from evo.cli.output import emit_json
    from evo.cli.workspace import find_workspace
    from genomes.errors import ConfigError

    if replicates is not None:
        run = _ask_again(workspace, replicates, budget)
    elif budget is not None:
        raise ConfigError("--budget was given without --replicates", remedy="give both or none")
    with find_workspace(workspace).store() as store:
        found = store.run(run)
        standing = _standing(workspace, found["name"])
        content = (
            _registry(store, found["name"], standing)
            if everything
            else _of_run(store, found, standing)
        )
    if as_json:
        emit_json(content)
    elif everything:
        _show_all(content)
    else:
        _show(content)


def _ask_again(workspace: Path, replicates: int, budget: str | None) -> str:
    """Buys replicates; gives the small run that was charged and has looked for gaps."""
    from evo.ask_again import ask_again
    from evo.cli.downloads import fetch_model
    from evo.cli.lookup import budget_sets, read_config
    from evo.cli.output import note
    from genomes.errors import ConfigError

    if budget is None:
        raise ConfigError(
            "--replicates asks the model and was given no budget",
            remedy="say what it may spend, e.g. --budget calls=200",
        )
    sets = [*budget_sets(budget), f"gaps.replicates={replicates}"]
    config = read_config(workspace, None, sets)
    if config.agent.asks_a_model:
        fetch_model(config.models.task)
    run = ask_again(config)
    note(f"run {run} has asked the version in force again: evogate runs show {run}")
    return run


def _standing(workspace: Path, agent: str) -> frozenset[str] | None:
    """Genomes whose change is in force; ``None`` where no champion lies, e.g. in a copied store."""
    from evo.champion import Registry
    from evo.cli.workspace import find_workspace

    registry = Registry(find_workspace(workspace).champions / agent)
    return registry.standing() if registry.initialised else None


def _of_run(
    store: Store, run: Mapping[str, Any], standing: frozenset[str] | None
) -> dict[str, Any]:
    report = _report(store, run["id"])
    tracked = _tracked(store, run["name"], standing)
    return {
        "run": run["id"],
        "name": run["name"],
        "version": _version(store, run["id"]),
        "identified": report is not None,
        "looked": report.looked if report else 0,
        "gaps": [_row(gap, tracked.get(gap.id)) for gap in (report.confirmed if report else ())],
        "leads": [_row(gap, tracked.get(gap.id)) for gap in (report.leads if report else ())],
        "domains": [
            {**level.model_dump(mode="json"), "rate": level.rate}
            for level in (report.domains if report else ())
        ],
    }


def _version(store: Store, run_id: str) -> int | None:
    """Number of the champion's version that the run began with: the gaps are its own."""
    launches = (e["payload"] for e in store.events(run_id) if e["kind"] == "launch")
    # A run that was changed on purpose has begun anew.
    return next((launch["champion"] for launch in reversed([*launches])), None)


def _report(store: Store, run_id: str) -> GapReport | None:
    from pydantic import ValidationError

    from evo.gaps import GapReport
    from genomes.errors import StoreError

    content = store.get_state(run_id, "gaps")
    try:
        return None if content is None else GapReport.model_validate(content)
    except ValidationError as error:
        raise StoreError(
            f"the gaps of run {run_id} cannot be read: {error.errors()[0]['msg']}",
            where=str(store.path),
            remedy="they were stored by another version of evogate",
        ) from error


def _tracked(store: Store, agent: str, standing: frozenset[str] | None) -> dict[str, TrackedGap]:
    from evo.gaps import GapRegistry

    return GapRegistry(store, agent, "", standing=standing).tracked()


def _row(gap: Gap, tracked: TrackedGap | None) -> dict[str, Any]:
    return {
        "id": gap.id,
        "state": tracked.state if tracked else None,
        "opened": tracked.opened if tracked else None,
        "changed": tracked.changed if tracked else None,
        "rate": gap.rate,
        **gap.model_dump(mode="json"),
    }


def _registry(store: Store, agent: str, standing: frozenset[str] | None) -> dict[str, Any]:
    events = store.gap_events(agent)
    rows = []
    for tracked in _tracked(store, agent, standing).values():
        history = [event for event in events if event["gap_id"] == tracked.id]
        rows.append({**tracked.model_dump(mode="json"), "history": history})
    return {"name": agent, "gaps": rows}


def _show(content: Mapping[str, Any]) -> None:
    from evo.cli.output import emit, emit_table, note

    if not content["identified"]:
        note(f"run {content['run']} ended before it had looked for gaps")
        return
    # A promotion or a rollback may have put another version in force since.
    version = "" if content["version"] is None else f" version {content['version']}"
    emit(f"gaps of {content['name']}{version}, in force when run {content['run']} began")
    if content["gaps"]:
        emit_table(_COLUMNS, map(_cells, content["gaps"]))
    else:
        emit("no gap is confirmed; see below what could have been seen")
    if content["leads"]:
        title = "leads: not confirmed, may be chance; they only guide proposals"
        emit_table(_COLUMNS, map(_cells, content["leads"]), title=title)
    _show_blind(content)


def _show_blind(content: Mapping[str, Any]) -> None:
    from evo.cli.output import emit, emit_table

    shares = [blind["share"] for blind in content["domains"][0]["blind"]]
    emit_table(
        ("domain", "examples", "wrong", "95 %", *(f"slice of {s:.0%}" for s in shares)),
        (
            (
                *(level["domain"], level["n"], level["rate"], _interval(level)),
                *(_difference(blind["difference"]) for blind in level["blind"]),
            )
            for level in content["domains"]
        ),
        title="what cannot be seen: smaller differences in the failure rate than these "
        f"(80 % power, {content['looked']} slices looked at)",
    )
    for level in content["domains"]:
        for kind, why in level["unseen"]:
            emit(f"{level['domain']}: not looked for {kind}: {why}")
        if level["too_small"]:
            emit(f"{level['domain']}: too few examples: {', '.join(level['too_small'])}")


def _show_all(content: Mapping[str, Any]) -> None:
    from evo.cli.output import emit, emit_table

    if not content["gaps"]:
        emit(f"no run of {content['name']} has seen a gap")
        return
    emit_table(_ALL, map(_life, content["gaps"]))


def _life(row: Mapping[str, Any]) -> Sequence[object]:
    gap, last = row["record"]["gap"], row["history"][-1]
    back = row["state"] == "reopened" and last["kind"] == "closed"
    return (
        *(row["id"], row["state"], "yes" if row["record"]["confirmed"] else "no", _kind(gap)),
        *(gap["domain"], gap["slice"], row["opened"][:10], row["changed"][:10]),
        f"{last['kind']}: {_brief(last['evidence'])}{', rolled back since' if back else ''}",
    )


def _brief(evidence: Mapping[str, Any]) -> str:
    shown = ("proposals", "n", "failures", "fall", "low", "high", "aim")
    return ", ".join(f"{k} {_figure(evidence[k])}" for k in shown if evidence.get(k) is not None)


def _figure(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _cells(row: Mapping[str, Any]) -> Sequence[object]:
    from evo.gaps import Condition

    cells = {**row, "gap": row["id"], "kind": _kind(row), "95 %": _interval(row)}
    shown = [str(Condition.model_validate(condition)) for condition in row["conditions"]]
    cells["slice"] = " & ".join(shown)
    cells["since"] = row["opened"] and row["opened"][:10]
    cells["priority"] = f"{row['priority']:.4f}"
    return [cells[column] for column in _COLUMNS]


def _kind(gap: Mapping[str, Any]) -> str:
    if gap["metric"] is None:
        return str(gap["kind"])
    return f"{gap['kind']} ({gap['metric']} {gap['excess']:+.0%})"


def _interval(row: Mapping[str, Any]) -> str:
    return f"{row['low']:.2f} to {row['high']:.2f}"


def _difference(value: float | None) -> str:
    return "none is seen" if value is None else f"+{value:.2f}"
