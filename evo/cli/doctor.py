"""``evogate doctor``: what this installation is made of, and what is wrong with it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from evo.cli.options import JsonOption, WorkspaceOption, examples

if TYPE_CHECKING:
    from evo.cli.workspace import Workspace

_NEEDED = (
    *("deap", "numpy", "joblib", "dspy-ai", "matplotlib", "pydantic", "typer", "rich"),
    *("PyYAML", "sqlite-utils", "tenacity", "scipy"),
)
_OPTIONAL = {"xllamacpp": "local"}


class Finding(NamedTuple):
    """One line of the report.

    Attributes:
        what: What was looked at.
        state: ``ok``, ``warning`` or ``problem``.
        detail: What was found, and what to do about it.
    """

    what: str
    state: str
    detail: str


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor", epilog=examples("evogate doctor", "evogate doctor --json"))(_doctor)


def _doctor(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Check versions, where the packages come from, models and their keys, and the store.

    Exit code 1 if there is a problem.
    """
    from evo.cli.exit_codes import NO
    from evo.cli.output import emit_json, emit_table

    findings = [*_python(), *_packages(), *_libraries()]
    # What a damaged package would say of models and workspace is worth nothing.
    if not any(one.state == "problem" for one in findings):
        findings += [*_models(), *_workspace(workspace), *_configured(workspace)]
    if as_json:
        emit_json([one._asdict() for one in findings])
    else:
        emit_table(Finding._fields, findings)
    if any(one.state == "problem" for one in findings):
        raise typer.Exit(NO)


def _python() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} {sys.executable}")
    yield Finding("evogate", "ok", _version("evogate") or "not installed, run from its folder")


def _packages() -> Iterator[Finding]:
    from evo.origins import intruders, origins

    found = intruders(thorough=True)
    named = {one.package for one in found}
    for package, folder in origins().items():
        if package not in named:
            yield Finding(f"package {package}", "ok", str(folder))
    for one in found:
        state = "problem" if one.fatal else "warning"
        yield Finding(f"package {one.package}", state, one.line())


def _libraries() -> Iterator[Finding]:
    for name in _NEEDED:
        version = _version(name)
        missing = "missing; install evogate again"
        yield Finding(name, "ok" if version else "problem", version or missing)
    for name, extra in _OPTIONAL.items():
        version = _version(name)
        missing = f"missing; local models need: pip install 'evogate[{extra}]'"
        yield Finding(name, "ok" if version else "warning", version or missing)


def _models() -> Iterator[Finding]:
    from evo.models.catalogue import list_models

    for one in list_models():
        state = "problem" if one.state == "damaged" else "ok"
        hint = f"; fetch it with: evogate models pull {one.entry.name}"
        yield Finding(
            f"model {one.entry.name}",
            state,
            str(one.path) if one.state == "ready" else f"{one.state}{hint}",
        )


def _workspace(folder: Path) -> Iterator[Finding]:
    from evo.cli.workspace import find_workspace
    from genomes.errors import EvogateError

    try:
        space = find_workspace(folder)
        yield _store(space)
    except EvogateError as error:
        yield Finding("workspace", "problem", str(error))
        return
    yield from _champions(space)


def _configured(folder: Path) -> Iterator[Finding]:
    from evo.config import load_config
    from evo.readiness import readiness
    from genomes.errors import EvogateError

    if not (folder / "evo.yaml").is_file():
        return
    try:
        config = load_config(folder)
    except EvogateError:  # told as a problem of the workspace
        return
    for one in readiness(config):
        yield Finding(one.model, one.state, one.detail)


def _store(space: Workspace) -> Finding:
    if not space.store_path.is_file():
        return Finding("store", "ok", f"none yet at {space.store_path}")
    with space.store() as store:
        return Finding("store", "ok", f"{space.store_path}, {len(store.runs())} runs")


def _champions(space: Workspace) -> Iterator[Finding]:
    from evo.champion import Registry

    for head in sorted(space.champions.glob("*/HEAD")):
        problems = Registry(head.parent).verify()
        detail = "; ".join(problems) or "sound"
        yield Finding(f"champion {head.parent.name}", "problem" if problems else "ok", detail)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
