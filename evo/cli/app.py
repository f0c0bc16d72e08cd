"""All commands under one roof. Imports nothing but typer until a command runs."""

from __future__ import annotations

from inspect import cleandoc
from typing import Annotated

import typer

from evo.cli import (
    bench,
    cache,
    champion,
    config,
    doctor,
    export,
    gaps,
    gate,
    genome,
    import_,
    init,
    models,
    pareto,
    plot,
    report,
    run,
    runs,
    stop,
    validate,
)
from evo.cli.options import examples

_HELP = """Evolves the prompts and policies of an agent, and ships only what is proven.

Options of a command can be set by environment variables too: EVOGATE_RUN_SEED=3 stands for
evogate run --seed 3. A file .env is read and never overrides. In every command, anywhere: -q
(--quiet) shows errors only, -v (--verbose) also what is done and why it waits, -vv each call,
--debug tracebacks.
"""


def build_app() -> typer.Typer:
    """The command line application."""
    app = typer.Typer(
        help=_flowing(_HELP),
        epilog=examples("evogate init --example sentiment", "evogate run", "evogate pareto"),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={
            "auto_envvar_prefix": "EVOGATE",
            "help_option_names": ["-h", "--help"],
        },
    )
    app.callback(invoke_without_command=True)(_root)
    for module in (init, validate, run, gaps, pareto, plot, report, export, import_, bench, doctor):
        module.register(app)
    for module in (runs, stop, genome, gate, champion, models, cache, config):
        module.register(app)
    _reflow(app)
    return app


def _reflow(app: typer.Typer) -> None:
    for command in app.registered_commands:
        command.help = _flowing(getattr(command.callback, "__doc__", None) or "")
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _reflow(group.typer_instance)


def _flowing(text: str) -> str:
    """Each paragraph as one line: rich keeps the line ends of the source in all but the first,
    and breaks lines again where the terminal ends."""
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", show_envvar=False)
    ] = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"evogate {version_of('evogate')}")
        raise typer.Exit
