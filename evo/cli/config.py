"""``evogate config``: the config as evogate reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import ConfigArgument, JsonOption, OutOption, SetOption, examples

if TYPE_CHECKING:
    from pathlib import Path

    from evo.config.trace import Override

_RUN = "EVOGATE_RUN_"


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show the config and its schema.", no_args_is_help=True)
    group.command(
        "show",
        epilog=examples(
            "evogate config show",
            "evogate config show --set gate.n=200",
            "evogate config show --resolved",
        ),
    )(_show)
    group.command("schema", epilog=examples("evogate config schema -o evo.schema.json"))(_schema)
    app.add_typer(group, name="config")


def _show(
    context: typer.Context,
    config: ConfigArgument = None,
    sets: SetOption = None,
    resolved: Annotated[
        bool,
        typer.Option(
            "--resolved", help="One line a value with its origin: default, file, env or flag."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the resolved config: what the file says, overrides, and every default.

    With --resolved, the environment variables of evogate run count too.
    """
    import yaml

    from evo.cli.lookup import read_config
    from evo.cli.output import emit, emit_json

    if resolved:
        source = context.get_parameter_source("sets")
        _trace(config, sets or [], by_env=source is not None and source.name == "ENVIRONMENT",
               as_json=as_json)  # fmt: skip
        return
    content = read_config(config, None, sets).model_dump(mode="json")
    if as_json:
        emit_json(content)
    else:
        emit(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def _trace(config: Path | None, sets: list[str], *, by_env: bool, as_json: bool) -> None:
    import json
    from pathlib import Path

    from evo.cli.lookup import read_config
    from evo.cli.output import emit_json, emit_table
    from evo.config.trace import Override, settings

    given = _of_run()
    found = read_config(config, None, [*(item for item, _ in given), *sets])
    overrides: list[Override] = [Override.of(item, "env", name) for item, name in given]
    if by_env:
        overrides += [Override.of(item, "env", "EVOGATE_CONFIG_SHOW_SETS") for item in sets]
    else:
        overrides += [Override.of(item, "flag", "--set") for item in sets]
    rows = settings(found, config or Path("evo.yaml"), overrides)
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ("key", "value", "origin", "where"),
        ((r.key, json.dumps(r.value, ensure_ascii=False), r.origin, r.where) for r in rows),
    )


def _of_run() -> list[tuple[str, str]]:
    """Overrides that ``evogate run`` takes from the environment, each with its variable."""
    from evo.cli.lookup import budget_sets

    found = [(item, "SETS") for item in os.environ.get(f"{_RUN}SETS", "").split()]
    found += [(item, "BUDGET") for item in budget_sets(os.environ.get(f"{_RUN}BUDGET"))]
    for name in ("JOBS", "SEED"):
        value = os.environ.get(f"{_RUN}{name}")
        found += [(f"run.{name.lower()}={value}", name)] if value else []
    return [(item, f"{_RUN}{name}") for item, name in found]


def _schema(out: OutOption = None) -> None:
    """Print the JSON Schema of evo.yaml, for editors."""
    import json

    from evo.cli.output import write_or_emit
    from evo.config import Config

    write_or_emit(json.dumps(Config.model_json_schema(), indent=2), out)
