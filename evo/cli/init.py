"""``evogate init``: a workspace that runs as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import examples

if TYPE_CHECKING:
    from evo.config import DataConfig

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
"""As ``Config.name``; a test compares them."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "init",
        epilog=examples(
            "evogate init --example sentiment",
            "evogate init work --data mail.csv --input subject --input body --target folder",
        ),
    )(_init)


def _init(
    folder: Annotated[
        Path, typer.Argument(help="The workspace; made if it is not there.")
    ] = Path(),
    example: Annotated[
        str | None, typer.Option(help="A built-in suite; default sentiment.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="My own examples: a CSV or JSONL file.")] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="COL", help="Column shown to the model (repeatable)."),
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with the right answer.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="COL", help="Column whose equal values belong together (user, film)."),
    ] = None,
    domain_name: Annotated[
        str | None, typer.Option("--domain-name", help="Name of the domain; default the file's.")
    ] = None,
    free_text: Annotated[
        bool, typer.Option("--free-text", help="Answers are free text, not labels.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", "-n", help="Name of the agent.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Write evo.yaml for a built-in suite or for my own data; both run as they are."""
    from evo.cli.output import emit, note

    _need_sound(name)
    if data is None:
        files = _example(example or "sentiment", name)
    else:
        _need(inputs, target, example)
        from evo.config import DataConfig

        settings = DataConfig(
            file=data.absolute(),
            inputs=tuple(inputs or ()),
            target=str(target),
            cluster=cluster,
            domain=domain_name or _slug(data.stem),
            labels=() if free_text else None,
        )
        files = _own_data(settings, folder, name or _slug(data.stem))
    _write(files, folder, force=force)
    for file in files:
        note(f"wrote {folder / file}")
    where = "" if folder == Path() else f"cd {folder} && "
    emit(f"next: {where}evogate validate, then: evogate run")


def _need_sound(name: str | None) -> None:
    """Refuses a name here that ``evo.yaml`` would be refused for."""
    from genomes.errors import ConfigError

    if name is not None and not re.fullmatch(_NAME, name):
        raise ConfigError(
            f"{name!r} cannot name an agent",
            where="--name",
            remedy="begin with a letter or digit; go on with those and . _ -",
        )


def _need(inputs: list[str] | None, target: str | None, example: str | None) -> None:
    from genomes.errors import ConfigError

    if example is not None:
        raise ConfigError("--example and --data were given", remedy="give one of them")
    if not inputs or target is None:
        raise ConfigError(
            "--data needs to know which columns mean what",
            remedy="add --input COL (repeatable) and --target COL",
        )


def _example(example: str, name: str | None) -> dict[str, str]:
    from evo.cli.scaffold import SCHEMA, example_config, schema_text
    from evo.plugins import SUITES, load_plugin

    load_plugin(SUITES, example)
    return {"evo.yaml": example_config(example, name or example), SCHEMA: schema_text()}


def _own_data(data: DataConfig, folder: Path, name: str) -> dict[str, str]:
    from evo.cli.scaffold import SCHEMA, genome_text, own_data_config, schema_text
    from evo.own_data import own_suites, plain_domain, read_examples
    from evo.plain_genome import plain_seed

    found = read_examples(data)
    domain = plain_domain(data, found)
    sizes: dict[str, int] = {suite.role: len(suite) for suite in own_suites(data, domain, found)}
    return {
        "evo.yaml": own_data_config(name, data, sizes, folder.absolute()),
        "genome.yaml": genome_text(plain_seed(domain)),
        SCHEMA: schema_text(),
    }


def _write(files: dict[str, str], folder: Path, *, force: bool) -> None:
    from genomes.errors import ConfigError

    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        raise ConfigError(
            f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} there already",
            where=str(folder.absolute()),
            remedy="name another folder, or replace with --force",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._") or "mine"
