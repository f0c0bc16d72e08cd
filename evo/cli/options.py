"""Options that mean the same in every command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigArgument = Annotated[
    Path | None,
    typer.Argument(
        help="The config, or the folder that holds evo.yaml.",
        metavar="[CONFIG]",
        show_default="evo.yaml",
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="The same as the argument CONFIG.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a key of the config, e.g. gate.alpha=0.01."
    ),
]
WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="EVOGATE_WORKSPACE",
        help="The folder with evo.yaml, runs/ and champions/.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunArgument = Annotated[
    str, typer.Argument(help="Id of a run, its beginning, or latest.", metavar="[RUN]")
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", "-n", help="Name of the agent; needed if the workspace has several."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write to this file instead of printing.")
]


def examples(*lines: str) -> str:
    """The epilog of a command's help."""
    # Typer joins single line breaks and keeps double ones.
    return "\n\n".join(["Examples:", *(f"$ {line}" for line in lines)])
