"""``evogate export``: the champion, or any genome, in a form that others read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.options import NameOption, OutOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.config import Config
    from evo.exports import ModelRef, Source
    from fitness.suites import Suite

_DIFF_LINES = 40


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "export",
        epilog=examples(
            "evogate export --to markdown -o champion.md",
            "evogate export champion --to yaml -o champion.yaml --check",
            "evogate export 3f2a --to json",
            "evogate export --to openai --domain sentiment --model gpt-4o-mini",
        ),
    )(_export)


def _export(
    genome: Annotated[
        str, typer.Argument(help="champion, or the id of a genome or its beginning.")
    ] = "champion",
    to: Annotated[
        str, typer.Option(help="yaml, json, markdown, dspy, openai or promptfoo.")
    ] = "yaml",
    out: OutOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if the file differs.")
    ] = False,
    domain: Annotated[
        str | None, typer.Option(help="The domain, for openai and promptfoo; default the only one.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The model, for openai and promptfoo; default evo.yaml's.")
    ] = None,
    name: NameOption = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Export the champion with its evidence, or any genome of the store.

    What a form cannot hold is said on standard error.
    """
    from evo.cli.output import note, write_or_emit
    from evo.exports import exporter, left_behind

    write = exporter(to)
    source = _source(workspace, genome, name, domain, model, to)
    text = write(source)
    for line in left_behind(source, to):
        note(f"note: {line}")
    if check:
        _compare(text, out)
    else:
        write_or_emit(text, out)


def _source(
    folder: Path, genome: str, name: str | None, domain: str | None, model: str | None, to: str
) -> Source:
    from evo.cli.lookup import CHAMPION, find_genome
    from evo.cli.workspace import find_workspace
    from evo.exports import Source

    space = find_workspace(folder)
    config = _config(folder, to)
    shown = _model(config, model)
    suites = _search_suites(config) if to == "promptfoo" else ()
    if genome == CHAMPION:
        registry = space.registry(name)
        head = registry.head()
        return Source(head.genome, registry.root.name, head, domain, shown, suites)
    return Source(find_genome(space, genome), None, None, domain, shown, suites)


def _config(folder: Path, to: str) -> Config | None:
    """The workspace's config, where the form needs one and there is one."""
    if to not in ("openai", "promptfoo") or not (folder / "evo.yaml").is_file():
        return None
    from evo.cli.lookup import read_config

    return read_config(folder, None)


def _model(config: Config | None, given: str | None) -> ModelRef | None:
    from evo.exports import ModelRef

    if config is None:
        return ModelRef(given) if given else None
    task = config.models.task
    own = task.name or (task.path.stem if task.path else None)
    name = given or own
    return ModelRef(name, task.base_url, task.api_key_env) if name else None


def _search_suites(config: Config | None) -> tuple[Suite, ...]:
    if config is None:
        return ()
    from evo.build_task import build_task

    return build_task(config).of("search")


def _compare(text: str, out: Path | None) -> None:
    from evo.cli.output import note
    from genomes.errors import ConfigError, IntegrityError

    if out is None:
        raise ConfigError("--check needs a file to compare with", remedy="add -o FILE")
    if out.is_dir():
        raise ConfigError("cannot compare with a folder", where=str(out), remedy="name a file")
    # What is not UTF-8 differs; the diff shows it with replacement characters.
    found = out.read_text(encoding="utf-8", errors="replace") if out.is_file() else ""
    if found.rstrip("\n") != text.rstrip("\n"):
        if found:  # else all of the text would be the difference
            note(_difference(found, text, out))
        raise IntegrityError(
            f"{out} is not what would be exported now" if found else f"there is no {out}",
            remedy="write it anew: the same command without --check",
        )
    note(f"{out} is up to date")


def _difference(found: str, wanted: str, out: Path) -> str:
    from difflib import unified_diff

    before, after = found.splitlines(), wanted.splitlines()
    lines = list(unified_diff(before, after, str(out), "now", lineterm="", n=1))
    more = len(lines) - _DIFF_LINES
    return "\n".join(lines[:_DIFF_LINES] + ([f"... {more} more lines"] if more > 0 else []))
