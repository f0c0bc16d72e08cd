"""What evogate keeps so that it need not be fetched or bought again, and how to let it go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evo.lease import is_running
from evo.models.catalogue import list_models
from evo.storage import Store
from fitness.suites.cache import cache_dir
from genomes.errors import StoreError

Kind = Literal["responses", "models", "wheels"]
KINDS: tuple[Kind, ...] = ("responses", "models", "wheels")


@dataclass(frozen=True)
class Kept:
    """One kind of what is kept.

    Attributes:
        kind: ``responses`` of the workspace's store; ``models`` and ``wheels`` of the user.
        where: File or folder.
        count: Responses or files.
        bytes: Size on disk; of the whole store for responses.
    """

    kind: Kind
    where: Path
    count: int
    bytes: int


def kept(workspace: Path) -> tuple[Kept, ...]:
    """What is kept for a workspace and its user; makes nothing that is not there."""
    path = workspace / "runs" / "evo.db"
    models, wheels = _model_files(), _wheel_files()
    return (
        Kept("responses", path, _responses(path), _size([path] if path.is_file() else [])),
        Kept("models", cache_dir() / "models", len(models), _size(models)),
        Kept("wheels", cache_dir() / "wheels", len(wheels), _size(wheels)),
    )


def resumable(workspace: Path) -> tuple[str, ...]:
    """Ids of the unfinished runs: resumed without their responses, they buy them again."""
    path = workspace / "runs" / "evo.db"
    if not path.is_file():
        return ()
    with Store(path) as store:
        return tuple(r["id"] for r in store.runs() if r["status"] in ("running", "interrupted"))


def clear(workspace: Path, kind: Kind) -> int:
    """Removes one kind and gives the number of responses or files removed.

    Runs, genomes, the ledger of calls, gate attempts and champions stay. Only files that
    evogate itself has fetched are removed.

    Raises:
        StoreError: A run is being carried out, or the store cannot be used.
    """
    if kind != "responses":
        files = _model_files() if kind == "models" else _wheel_files()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)
    path = workspace / "runs" / "evo.db"
    if not path.is_file():
        return 0
    with Store(path) as store:
        busy = next((r["id"] for r in store.runs() if is_running(path.parent / r["id"])), None)
        if busy is not None:
            raise StoreError(
                f"run {busy} is being carried out", remedy=f"wait for it, or: evogate stop {busy}"
            )
        return store.forget_responses()


def _responses(path: Path) -> int:
    if not path.is_file():
        return 0
    with Store(path) as store:
        return store.count_responses()


def _model_files() -> list[Path]:
    """Models of the catalogue, whole and partial, and the notes of their hashes."""
    names = [one.path.name for one in list_models()]
    folder = cache_dir() / "models"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if any(_belongs(path.name, name) for name in names)]


def _belongs(file: str, model: str) -> bool:
    return file == model or file.startswith(f"{model}.")


def _wheel_files() -> list[Path]:
    found = sorted((cache_dir() / "wheels").glob("*/*.whl"))
    return [path for path in found if re.fullmatch(r"[0-9a-f]{16}", path.parent.name)]


def _size(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.is_file())
