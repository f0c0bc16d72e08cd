"""``evogate bench``: benchmarks that ship with evogate or with other distributions."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Annotated

import typer

from evo.cli.options import JsonOption, examples


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "bench",
        epilog=examples("evogate bench", "evogate bench sentiment --seeds 5 --json -o out"),
    )(_bench)


def _bench(
    name: Annotated[
        str | None, typer.Argument(help="Name of the benchmark; without it, list them.")
    ] = None,
    part: Annotated[
        str | None, typer.Argument(help="Part of the benchmark, where it has parts.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds: 1, 2, ...")] = 5,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the workspace and plots.")
    ] = None,
) -> None:
    """Run a benchmark; what was measured before is used again.

    With --json it prints one line a measurement, always with the same keys.
    """
    from evo.cli.output import emit
    from evo.plugins import BENCHES, load_plugin, plugin_names
    from genomes.errors import ConfigError

    if name is None:
        emit("\n".join(plugin_names(BENCHES)))
        return
    run = load_plugin(BENCHES, name)
    if part is None:
        run(seeds=seeds, json=as_json, out=out)
        return
    if "part" not in signature(run).parameters:
        raise ConfigError(f"the benchmark {name} has no parts, got {part!r}")
    run(part, seeds=seeds, json=as_json, out=out)
