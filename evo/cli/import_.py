"""``evogate import``: a prompt that exists already becomes a seed genome."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.options import WorkspaceOption, examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evo.imports import Contract, Format
    from genomes import Domain, Genome


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "import",
        epilog=examples(
            "evogate import prompt.txt --as mail",
            "evogate import prompt.md --label spam --label ham",
            "evogate import prompt.py.txt --from text --format-string",
            "evogate import champion.json --from json -o genome.yaml",
        ),
    )(_import)


def _import(
    source: Annotated[Path, typer.Argument(help="A file with a prompt or a genome.")],
    form: Annotated[
        str, typer.Option("--from", help="text, markdown, yaml, json, or auto: by the suffix.")
    ] = "auto",
    name: Annotated[
        str | None,
        typer.Option("--as", help="Name of the domain and of the file; default the source's."),
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="One label of a closed answer set; repeat it.")
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", help="An input; default the placeholders that the prompt holds."),
    ] = None,
    format_string: Annotated[
        bool, typer.Option("--format-string", help="Read {name} as a placeholder too.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; default NAME.yaml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Turn a prompt into a seed genome: one fragment a paragraph or section.

    {{ name }} is a placeholder. Where evo.yaml has data, inputs and labels are taken from there
    unless they are given. Use the file as the key genome of evo.yaml.
    """
    from evo.cli.output import note, write_or_emit
    from evo.imports import foreign_placeholders, import_genome, spec_of

    kind = _format(form, source)
    text = _read(source)
    contract = _contract(workspace, name or source.stem, tuple(inputs or ()), tuple(label or ()))
    genome = import_genome(
        text, kind, contract, format_string=format_string, where=source.name
    )  # fmt: skip
    file = out or Path(f"{name or source.stem}.yaml")
    _refuse_overwriting(file, source, force=force)
    write_or_emit(_written(genome, kind) + _spec(spec_of(text, kind)), file)
    found = foreign_placeholders(text) if kind in ("text", "markdown") else ()
    if found and not format_string:
        note(f"{{{found[0]}}} was kept as text; --format-string reads it as a placeholder")
    note(_summary(genome))


def _format(word: str, source: Path) -> Format:
    from evo.config.explain import did_you_mean
    from evo.imports import FORMATS, guess_format
    from genomes.errors import ConfigError

    if word == "auto":
        return guess_format(source)
    found = next((one for one in FORMATS if one == word), None)
    if found is None:
        raise ConfigError(
            f"there is no import format {word!r}",
            where="--from",
            remedy=did_you_mean(word, [*FORMATS, "auto"]),
        )
    return found


def _read(source: Path) -> str:
    from genomes.errors import ConfigError

    try:
        return source.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {source}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{source} is no UTF-8 text: byte {error.start}", remedy="convert it to UTF-8"
        ) from error
    except OSError as error:
        raise ConfigError(f"cannot read {source}: {error.strerror}") from error


def _contract(
    folder: Path, name: str, inputs: tuple[str, ...], labels: tuple[str, ...]
) -> Contract | Domain:
    from evo.imports import Contract

    given = Contract(name, inputs, labels)
    if inputs or labels or not (folder / "evo.yaml").is_file():
        return given
    from evo.config import load_config
    from evo.own_data import plain_domain, read_examples

    config = load_config(folder)
    if config.data is None:
        return given
    return plain_domain(config.data, read_examples(config.data), config.name)


def _written(genome: Genome, form: str) -> str:
    from evo.cli.scaffold import genome_text
    from genomes.codec import to_yaml

    return to_yaml(genome) if form in ("yaml", "json") else genome_text(genome)


def _spec(content: Mapping[str, Any] | None) -> str:
    import yaml

    if content is None:
        return ""
    return yaml.safe_dump({"spec": content}, sort_keys=False, allow_unicode=True)


def _refuse_overwriting(file: Path, source: Path, *, force: bool) -> None:
    from genomes.errors import ConfigError

    if file.exists() and (not force or file.resolve() == source.resolve()):
        raise ConfigError(
            f"{file} is there already", remedy="add --force, or name another file with -o"
        )


def _summary(genome: Genome) -> str:
    domains = ", ".join(f"{domain.name} ({', '.join(domain.inputs)})" for domain in genome.domains)
    fragments = sum(gene.kind == "fragment" for gene in genome.genes)
    return f"{fragments} fragments; domain and inputs: {domains}"
