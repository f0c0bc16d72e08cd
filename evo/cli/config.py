"""``evogate config``: the config as evogate reads it."""

from __future__ import annotations

import typer

from evo.cli.options import ConfigArgument, JsonOption, OutOption, SetOption, examples


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Show the config and its schema.", no_args_is_help=True)
    group.command(
        "show", epilog=examples("evogate config show", "evogate config show --set gate.n=200")
    )(_show)
    group.command("schema", epilog=examples("evogate config schema -o evo.schema.json"))(_schema)
    app.add_typer(group, name="config")


def _show(
    config: ConfigArgument = None, sets: SetOption = None, as_json: JsonOption = False
) -> None:
    """Show the resolved config: what the file says, overrides, and every default."""
    import yaml

    from evo.cli.lookup import read_config
    from evo.cli.output import emit, emit_json

    content = read_config(config, None, sets).model_dump(mode="json")
    if as_json:
        emit_json(content)
    else:
        emit(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def _schema(out: OutOption = None) -> None:
    """Print the JSON Schema of evo.yaml, for editors."""
    import json

    from evo.cli.output import write_or_emit
    from evo.config import Config

    write_or_emit(json.dumps(Config.model_json_schema(), indent=2), out)
