"""From what a user typed to the thing meant."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from evo.cli.workspace import Workspace
from genomes.errors import ConfigError

if TYPE_CHECKING:
    from evo.config import Config
    from genomes import Genome

CHAMPION = "champion"
_log = logging.getLogger(__name__)


def read_config(
    argument: Path | None, option: Path | None, sets: Iterable[str] | None = ()
) -> Config:
    """The config that a command was given, by argument or ``-c``; default ``evo.yaml`` here.

    Functions that it names as ``module:function`` may stand in modules beside it.

    Raises:
        ConfigError: Two different files were given, or the config is wrong.
    """
    from evo.config import load_config

    if argument is not None and option is not None and argument != option:
        raise ConfigError(f"two configs were given: {argument} and {option}", remedy="give one")
    file = argument or option or Path("evo.yaml")
    config = load_config(file, sets or ())
    _log.info("config %s, workspace %s", file, config.workspace)
    let_import_from(file if file.is_dir() else file.parent)
    return config


def let_import_from(folder: Path) -> None:
    """Lets ``module:function`` stand in modules beside ``evo.yaml``."""
    # Last on the path: it can add names, never shadow any.
    place = str(folder.absolute())
    if place not in sys.path:
        sys.path.append(place)


def find_genome(workspace: Workspace, word: str, name: str | None = None) -> Genome:
    """The genome that ``word`` stands for: ``champion``, or an id or its beginning.

    Raises:
        ConfigError: There is none, or several begin so.
    """
    if word == CHAMPION:
        return workspace.registry(name).head().genome
    with workspace.store() as store:
        return store.get_genome(word)


def budget_sets(text: str | None) -> list[str]:
    """Overrides from ``calls=N,usd=X,tokens=N,minutes=N``.

    Raises:
        ConfigError: A part is not ``name=value``.
    """
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    wrong = [part for part in parts if "=" not in part]
    if wrong:
        raise ConfigError(
            f"cannot read the budget {wrong[0]!r}",
            where="--budget",
            remedy="write --budget calls=1000,usd=2,tokens=500000,minutes=10 (any of them)",
        )
    return [f"budget.{part}" for part in parts]
