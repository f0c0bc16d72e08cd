"""``evogate validate``: everything that can be known before a call is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.exit_codes import MODEL
from evo.cli.options import ConfigArgument, ConfigOption, JsonOption, SetOption, examples

if TYPE_CHECKING:
    from evo.config import Config
    from evo.gate import Detectable, Preflight
    from evo.gate.detectable import SuiteOutlook
    from evo.ping import Pong
    from evo.task import Task
    from fitness.suites import Suite


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "validate",
        epilog=examples(
            "evogate validate",
            "evogate validate --ping",
            "evogate validate --set gate.n=200 --json",
        ),
    )(_validate)


def _validate(
    config: ConfigArgument = None,
    file: ConfigOption = None,
    sets: SetOption = None,
    ping: Annotated[
        bool, typer.Option("--ping", help="Ask each model once; exit code 3 if one fails.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check config, data, scorers and genome, and say what the gate can detect; asks no model
    but with --ping.
    """
    from evo.build_agent import check_agent
    from evo.build_task import build_task
    from evo.checks import check_scorers
    from evo.cli.lookup import read_config
    from evo.cli.output import emit_json, note
    from evo.gate import preflight
    from evo.gate.attempts import lineage_of
    from evo.gate.detectable import suite_outlooks
    from evo.ledger import past_attempts
    from evo.prices import check_money, known_prices
    from evo.trials import anchored

    resolved = read_config(config, file, sets)
    check_money(resolved, known_prices(resolved))
    task = build_task(resolved)
    warnings = check_scorers(resolved, task)
    check_agent(resolved.agent, task)
    outlook = preflight(
        resolved.gate,
        task.suites,
        past_attempts(resolved),
        domain=task.domain,
        lineage=lineage_of(task),
        anchors=anchored(resolved, task),
    )
    found = suite_outlooks(resolved.gate, _by_role(task), outlook, task.domain)
    pongs = _ping(resolved) if ping else None
    if as_json:
        rows = [
            {**_suite_row(suite), "detects": _detects(one)}
            for suite, one in zip(_by_role(task), found, strict=True)
        ]
        emit_json(
            {
                "name": task.name,
                "seed": task.seed.id,
                "suites": rows,
                "warnings": warnings,
                "gate": outlook,
                **({} if pongs is None else {"ping": pongs}),
            }
        )
    else:
        _show(task, outlook)
        _show_detectable(found, resolved.gate.regression_margin)
        for finding in warnings:
            note(f"warning: {finding.line()}")
        _show_pongs(pongs or ())
    if any(not pong.answered for pong in pongs or ()):
        raise typer.Exit(MODEL)


def _ping(config: Config) -> Sequence[Pong]:
    from evo.cli.downloads import fetch_model
    from evo.ping import models_of, ping

    for model in models_of(config).values():
        fetch_model(model)
    return ping(config)


def _show_pongs(pongs: Sequence[Pong]) -> None:
    from evo.cli.output import emit_table, note
    from evo.pages.words import money_text

    if not pongs:
        return
    columns = ("model", "name", "state", "answer", "log-probabilities", "tokens", "money", "s")
    rows = (
        (
            pong.model,
            pong.name,
            "answers" if pong.answered else "fails",
            pong.text,
            "yes" if pong.logprobs else "no",
            "unknown" if pong.tokens is None else pong.tokens,
            money_text(pong.money) or "unknown",
            None if pong.seconds is None else f"{pong.seconds:.2f}",
        )
        for pong in pongs
    )
    emit_table(columns, rows, title="asked once")
    for pong in pongs:
        if pong.problem:
            note(f"error: {pong.model}: {pong.problem}")


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


def _detects(one: SuiteOutlook) -> dict[str, Any]:
    """What ``--json`` says of a suite beside its counts."""
    return one.model_dump(mode="json", exclude={"suite", "role", "domain"})


def _show_detectable(found: Sequence[SuiteOutlook], margin: float) -> None:
    """The smallest difference of each suite that decides something, with 80 % power."""
    from evo.cli.output import emit, emit_table

    shares = [one.discordance for row in found for one in row.detectable]
    columns: tuple[str, ...] = ("suite", "finds", "test", "units", "level")
    columns += tuple(f"where {share:.0%} differ" for share in dict.fromkeys(shares))
    rows = [
        (
            row.suite,
            row.finds,
            row.test,
            row.units,
            f"{row.alpha:.3g}",
            *map(_difference, row.detectable),
        )
        for row in found
        if row.finds and row.detectable and row.alpha is not None
    ]
    if not rows:
        return
    emit("")
    emit_table(columns, rows, title="Smallest true difference that is found with 80 % power")
    for row in found:
        if row.margin is not None and row.margin > margin:
            emit(
                f"{row.suite}: a harmless change often fails here: a margin of {row.margin:.3f} is "
                f"certified with 80 % power, {margin:.3g} is asked for"
            )


def _difference(one: Detectable) -> str:
    return "none" if one.difference is None else f"{one.difference:.3f}"


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
