"""Known models: list them, fetch them, check them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evo.models.entries import CATALOGUE, ModelEntry
from evo.models.files import alone_in, file_sha256, note_of
from evo.models.partial import Partial
from fitness.suites.cache import cache_dir as default_cache_dir
from fitness.suites.cache import sha256_of
from fitness.suites.download import Progress
from genomes.errors import ModelError


@dataclass(frozen=True)
class ModelStatus:
    """A known model and whether it is here.

    Attributes:
        entry: Name, licence, size, hash and sources.
        path: Where the file is or would be.
        state: ``ready`` (there, with the right size), ``partial`` (a pull was interrupted),
            ``damaged`` (wrong size) or ``absent``.
        bytes_here: Bytes of it on this machine.
    """

    entry: ModelEntry
    path: Path
    state: Literal["ready", "partial", "damaged", "absent"]
    bytes_here: int


def entry_of(name: str) -> ModelEntry:
    """The catalogue entry of a model.

    Raises:
        ModelError: No such model; names the nearest.
    """
    names = [entry.name for entry in CATALOGUE]
    if name in names:
        return CATALOGUE[names.index(name)]
    near = difflib.get_close_matches(name, names, n=1)
    raise ModelError(
        f"unknown model {name!r}" + (f", did you mean {near[0]!r}?" if near else ""),
        remedy=f"one of: {', '.join(names)}; see evogate models list",
    )


def model_path(name: str, cache_dir: Path | None = None) -> Path:
    """Where a model's file is, or would be after a pull."""
    return (cache_dir or default_cache_dir()) / "models" / entry_of(name).filename


def list_models(cache_dir: Path | None = None) -> list[ModelStatus]:
    """All known models with their state on this machine; reads no file."""
    return [_status(entry, model_path(entry.name, cache_dir)) for entry in CATALOGUE]


def verify(name: str, cache_dir: Path | None = None) -> Path:
    """Reads the whole file, compares its SHA-256 with the catalogue's and gives its path.

    Raises:
        ModelError: The file is absent or has another hash.
    """
    entry, path = entry_of(name), model_path(name, cache_dir)
    if not path.is_file():
        raise ModelError(f"{name} is not here", remedy=f"evogate models pull {name}")
    found = sha256_of(path)
    if found != entry.sha256:
        raise ModelError(
            f"{path.name} has SHA-256 {found[:12]}..., expected {entry.sha256[:12]}...",
            where=str(path),
            remedy=f"evogate models pull {name}",
        )
    return path


def pull(name: str, cache_dir: Path | None = None, progress: Progress | None = None) -> Path:
    """Fetches a model unless it is here, and gives its path.

    The sources are tried in order. An interrupted pull goes on where it stopped; the file gets
    its name only once its SHA-256 is right.

    Raises:
        ModelError: No source could be reached, or the hash is wrong (the file is removed).
    """
    entry, path = entry_of(name), model_path(name, cache_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone_in(path.parent):  # two runs that start at once must not write into each other
        if path.is_file():
            if file_sha256(path) == entry.sha256:
                return path
            _remove(path)
        partial = _partial_of(path)
        _fetch(entry, partial, progress)
        _check(entry, partial)
        partial.path.replace(path)
        partial.remove()
        file_sha256(path)
    return path


def _fetch(entry: ModelEntry, partial: Partial, progress: Progress | None) -> None:
    failures: list[ModelError] = []
    for source in entry.sources:
        try:
            source.fetch(partial, entry.bytes, progress)
        except ModelError as error:
            failures.append(error)
        else:
            return
    raise ModelError(
        f"cannot fetch {entry.name}: " + "; ".join(failure.what for failure in failures),
        remedy=failures[-1].remedy or "check the connection and run it again; it goes on",
    ) from failures[-1]


def _check(entry: ModelEntry, partial: Partial) -> None:
    found = sha256_of(partial.path)
    if found == entry.sha256:
        return
    partial.remove()
    raise ModelError(
        f"the fetched {entry.name} has SHA-256 {found[:12]}..., expected {entry.sha256[:12]}...; "
        "it was removed",
        remedy="run it again; if it stays so, the source is not to be trusted",
    )


def _partial_of(path: Path) -> Partial:
    return Partial(path.with_name(path.name + ".partial"))


def _remove(path: Path) -> None:
    path.unlink()
    note_of(path).unlink(missing_ok=True)


def _status(entry: ModelEntry, path: Path) -> ModelStatus:
    if path.is_file():
        size = path.stat().st_size
        return ModelStatus(entry, path, "ready" if size == entry.bytes else "damaged", size)
    size = _partial_of(path).size
    return ModelStatus(entry, path, "partial" if size else "absent", size)
