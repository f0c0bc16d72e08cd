"""``evogate run``: search, gate, champion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import ConfigArgument, ConfigOption, JsonOption, SetOption, examples
from evo.cli.progress import Mode

if TYPE_CHECKING:
    from evo.config import Config


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "run",
        epilog=examples(
            "evogate run",
            "evogate run --dry-run",
            "evogate run --example sentiment --budget calls=2000,minutes=5 --seed 2",
            "evogate run -c evo.yaml --set gate.n=200 --json > run.jsonl",
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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would cost and can detect; no call.")
    ] = False,
    progress: Annotated[Mode, typer.Option(help="How to show progress.")] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Evolve a prompt, let the gate decide, and put what passes in force.

    A second run starts from the champion and pays for nothing that was measured before.
    With --json: one line an event (launch, generation, candidate, gate, done).
    """
    from evo.cli.lookup import budget_sets

    wanted = [*(sets or ()), *budget_sets(budget)]
    wanted += [f"run.jobs={jobs}"] if jobs is not None else []
    wanted += [f"run.seed={seed}"] if seed is not None else []
    resolved = _resolved(config, file, example, wanted)
    if dry_run:
        _estimate(resolved, as_json=as_json)
    else:
        _launch(resolved, progress, as_json=as_json)


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
    from evo.cli.output import emit_json
    from evo.cli.summary import show_estimate
    from evo.cli.downloads import watched_downloads
    from evo.run import estimate

    with watched_downloads():
        found = estimate(config)
    if as_json:
        emit_json(found)
    else:
        show_estimate(found)


def _launch(config: Config, progress: Mode, *, as_json: bool) -> None:
    from evo.build_task import build_task
    from evo.cli.downloads import fetch_model, watched_downloads
    from evo.cli.progress import view
    from evo.cli.summary import show_result
    from evo.run import run

    if config.agent.asks_a_model:
        fetch_model(config.models.task)
    with watched_downloads():
        task = build_task(config)
    with view(progress, as_json=as_json) as listener:
        result = run(config, listener=listener, task=task)
    if not as_json:
        show_result(result)
