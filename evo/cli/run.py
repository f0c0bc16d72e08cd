"""``evogate run``: search, gate, champion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import ConfigArgument, ConfigOption, JsonOption, SetOption, examples
from evo.cli.progress import Mode

if TYPE_CHECKING:
    from evo.config import Config
    from evo.launch import Origin


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "run",
        epilog=examples(
            "evogate run",
            "evogate run --dry-run",
            "evogate run --example sentiment --budget calls=2000,minutes=5 --seed 2",
            "evogate run -c evo.yaml --set gate.n=200 --json > run.jsonl",
            "evogate run --resume",
        ),
    )(_run)


def _run(
    config: ConfigArgument = None,
    file: ConfigOption = None,
    example: Annotated[
        str | None, typer.Option(help="Run a built-in suite here, without a config.")
    ] = None,
    sets: SetOption = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="LIMITS", help="calls=N,usd=X,tokens=N,minutes=N (any of them)."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Model calls in flight at once.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every random stream.")] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="[RUN]", help="Go on with a run that did not reach its end; default the latest."
        ),
    ] = None,
    retry_errors: Annotated[
        bool,
        typer.Option(
            "--retry-errors", help="With --resume: ask again for what is stored as a failure."
        ),
    ] = False,
    allow_changed: Annotated[
        bool,
        typer.Option(
            "--allow-changed",
            help="With --resume: go on although config, genome, data or agent have changed.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would cost and can detect; no call.")
    ] = False,
    progress: Annotated[Mode, typer.Option(help="How to show progress.")] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Evolve a prompt, let the gate decide, and put what passes in force.

    A second run starts from the champion and pays for nothing that was measured before.
    With --json: one line an event (launch, generation, candidate, gate, done).
    Ctrl-C once stops after the calls in flight, twice at once; go on with --resume.
    """
    if resume is not None:
        given = _given(example, sets, budget, jobs, seed, dry_run)
        _resume(
            resume,
            config or file,
            given,
            progress,
            as_json=as_json,
            allow_changed=allow_changed,
            retry_errors=retry_errors,
        )
        return
    _check_only_resumed(retry_errors=retry_errors, allow_changed=allow_changed)
    from evo.cli.lookup import budget_sets
    from evo.cli.resume import origin

    wanted = [*(sets or ()), *budget_sets(budget)]
    wanted += [f"run.jobs={jobs}"] if jobs is not None else []
    wanted += [f"run.seed={seed}"] if seed is not None else []
    resolved = _resolved(config, file, example, wanted)
    if dry_run:
        _estimate(resolved, as_json=as_json)
    else:
        source = None if example else config or file or Path("evo.yaml")
        _launch(resolved, origin(source, wanted), progress, as_json=as_json)


def _check_only_resumed(**flags: bool) -> None:
    from genomes.errors import ConfigError

    for name in (name.replace("_", "-") for name, given in flags.items() if given):
        raise ConfigError(
            f"--{name} was given without --resume",
            remedy=f"give --resume [RUN] --{name}; a new run needs no such flag",
        )


def _resume(
    run: str,
    file: Path | None,
    ignored: list[str],
    progress: Mode,
    *,
    as_json: bool,
    allow_changed: bool,
    retry_errors: bool,
) -> None:
    from evo.cli.resume import resume_run
    from genomes.errors import ConfigError

    if "--dry-run" in ignored:
        raise ConfigError("--resume and --dry-run were given", remedy="give one of them")
    resume_run(
        run,
        file,
        ignored,
        progress,
        as_json=as_json,
        allow_changed=allow_changed,
        retry_errors=retry_errors,
    )


def _given(
    example: str | None,
    sets: list[str] | None,
    budget: str | None,
    jobs: int | None,
    seed: int | None,
    dry_run: bool,
) -> list[str]:
    flags = {
        "--example": example,
        "--set": sets,
        "--budget": budget,
        "--jobs": jobs,
        "--seed": seed,
        "--dry-run": dry_run or None,
    }
    return [name for name, value in flags.items() if value not in (None, [])]


def _resolved(
    config: Path | None, file: Path | None, example: str | None, sets: list[str]
) -> Config:
    from evo.cli.lookup import read_config
    from evo.config import resolve
    from genomes.errors import ConfigError

    if example is None:
        return read_config(config, file, sets)
    if config or file:
        raise ConfigError("--example and a config were given", remedy="give one of them")
    import yaml

    from evo.cli.scaffold import example_config
    from evo.plugins import SUITES, load_plugin

    load_plugin(SUITES, example)
    return resolve(yaml.safe_load(example_config(example, example)), sets=sets)


def _estimate(config: Config, *, as_json: bool) -> None:
    from evo.cli.downloads import watched_downloads
    from evo.cli.output import emit_json
    from evo.cli.summary import show_estimate
    from evo.run import estimate

    with watched_downloads():
        found = estimate(config)
    if as_json:
        emit_json(found)
    else:
        show_estimate(found)


def _launch(config: Config, source: Origin, progress: Mode, *, as_json: bool) -> None:
    from evo.build_task import build_task
    from evo.cli.downloads import fetch_model, watched_downloads
    from evo.cli.resume import carry_out
    from evo.cli.summary import end, show_result
    from evo.run import run

    if config.agent.asks_a_model:
        fetch_model(config.models.task)
    with watched_downloads():
        task = build_task(config)
    result = carry_out(
        lambda listener, stop: run(config, listener=listener, task=task, origin=source, stop=stop),
        progress,
        as_json=as_json,
    )
    if not as_json:
        show_result(result.summary())
    end(result.summary())
