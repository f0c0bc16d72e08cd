"""``evogate gate``: read a decision, plan an attempt, measure the agent's own noise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import (
    ConfigArgument,
    ConfigOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    examples,
)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(
        help="Read a decision, plan an attempt, measure the noise.", no_args_is_help=True
    )
    group.command(
        "explain",
        epilog=examples(
            "evogate gate explain",
            "evogate gate explain mail-2 --plot attempt.png",
            "evogate gate explain 3f2a9c1b --json",
        ),
    )(_explain)
    group.command(
        "plan",
        epilog=examples(
            "evogate gate plan",
            "evogate gate plan --n 500 --attempt 3",
            "evogate gate plan --set gate.test=eprocess --json",
        ),
    )(_plan)
    group.command(
        "aa",
        epilog=examples(
            "evogate gate aa --budget calls=400",
            "evogate gate aa --n 100 --repeat 3 --budget calls=600 --json",
            "evogate gate aa --verify 5 --budget calls=10",
        ),
    )(_aa)
    app.add_typer(group, name="gate")


def _explain(
    attempt: Annotated[
        str | None,
        typer.Argument(
            help="Id of an attempt or its beginning, or that of its candidate; default the latest "
            "attempt of the latest run.",
            metavar="[ATTEMPT]",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the gain with its interval over the looks: png, svg or pdf."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show how an attempt was decided: counts, gain with its interval at each look, each suite,
    the error budget, and what more examples could decide.

    The verdict of an earlier attempt is not changed by reading it; nothing is measured.
    """
    from evo.cli.output import emit, emit_json, note
    from evo.cli.workspace import find_workspace
    from evo.gate.explain import as_json as content
    from evo.pages.explained import explained, find_attempt

    with find_workspace(workspace).store() as store:
        found = explained(store, find_attempt(store, attempt))
    if plot is not None:
        from evo.plots import plot_course

        plot_course(found, plot, title=f"Attempt {found.plan.attempt_id}")
        note(f"wrote {plot}")
    if as_json:
        emit_json(content(found))
    else:
        from evo.cli.gate_text import explanation_lines

        emit("\n".join(explanation_lines(found)))


def _plan(
    config: ConfigArgument = None,
    file: ConfigOption = None,
    sets: SetOption = None,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="Gate examples; default gate.n of the config.")
    ] = None,
    attempt: Annotated[
        int | None,
        typer.Option(min=1, help="Number of the attempt in the line; default the next one."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what n gate examples could find in the k-th attempt; asks no model, needs no run."""
    from evo.build_task import build_task
    from evo.cli.gate_text import outlook_lines
    from evo.cli.lookup import read_config
    from evo.cli.output import emit, emit_json
    from evo.gate.attempts import lineage_of
    from evo.gate.outlook import attempt_outlook
    from evo.ledger import past_attempts
    from evo.trials import anchored

    wanted = [*(sets or ()), *([] if n is None else [f"gate.n={n}"])]
    resolved = read_config(config, file, wanted)
    task = build_task(resolved)
    found = attempt_outlook(
        resolved.gate,
        task.suites,
        past_attempts(resolved),
        domain=task.domain,
        lineage=lineage_of(task),
        anchors=anchored(resolved, task),
        attempt=attempt,
    )
    if as_json:
        emit_json(found)
    else:
        emit("\n".join(outlook_lines(found)))


def _aa(
    config: ConfigArgument = None,
    file: ConfigOption = None,
    sets: SetOption = None,
    n: Annotated[
        int | None,
        typer.Option("--n", min=2, help="Search examples; default gate.n, or all there are."),
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=1, help="How often both arms are asked; each arm afresh.")
    ] = 1,
    budget: Annotated[
        str | None,
        typer.Option(metavar="LIMITS", help="calls=N,usd=X,tokens=N,minutes=N (any of them)."),
    ] = None,
    verify: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Ask so many examples twice where both arms are equal by construction; exit code "
            "1 if an answer differs.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the champion against itself on search examples: the noise that any difference has
    to stand out from.

    Both arms are asked anew, and answers are stored: the same command again costs nothing. Gate
    examples are never used. Of an agent whose answers depend on prompt and example alone nothing
    is bought.
    """
    from evo.aa import measure_noise
    from evo.cli.downloads import fetch_model, watched_downloads
    from evo.cli.exit_codes import NO
    from evo.cli.gate_text import noise_lines
    from evo.cli.lookup import budget_sets, read_config
    from evo.cli.output import emit, emit_json

    resolved = read_config(config, file, [*(sets or ()), *budget_sets(budget)])
    if resolved.agent.asks_a_model:
        fetch_model(resolved.models.task)
    with watched_downloads():
        found = measure_noise(resolved, n=n, repeat=repeat, verify=verify)
    if as_json:
        emit_json(found)
    else:
        emit("\n".join(noise_lines(found)))
    if found.fixed and found.different:
        raise typer.Exit(NO)
