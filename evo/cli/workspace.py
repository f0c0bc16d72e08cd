"""The folder that a command works in, and how what lies there is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genomes.errors import ConfigError

if TYPE_CHECKING:
    from evo.champion import Registry
    from evo.storage import Store

_NO_RUN = "start one with: evogate run"


@dataclass(frozen=True)
class Workspace:
    """A workspace on disk.

    Attributes:
        root: The folder that holds ``runs/`` and ``champions/``.
        name: Name of the agent that ``evo.yaml`` speaks of; ``None`` without the file.
    """

    root: Path
    name: str | None = None

    @property
    def champions(self) -> Path:
        """The folder of all champions."""
        return self.root / "champions"

    @property
    def store_path(self) -> Path:
        """The store's file; it may not exist yet."""
        return self.root / "runs" / "evo.db"

    def store(self) -> Store:
        """The store of earlier runs; close it, or use it as a context manager.

        Raises:
            ConfigError: Nothing was run here yet; reading never makes a store.
            StoreError: The store cannot be used.
        """
        from evo.storage import Store

        if not self.store_path.is_file():
            raise ConfigError(
                "nothing was run here yet", where=str(self.store_path), remedy=_NO_RUN
            )
        return Store(self.store_path)

    def registry(self, name: str | None = None) -> Registry:
        """The registry of the champion meant; see ``champion``.

        Raises:
            ConfigError: There is no such champion.
        """
        from evo.champion import Registry

        registry = Registry(self.champions / self.champion(name))
        if not registry.root.is_dir():
            raise self._no_champion(registry.root)
        return registry

    def _no_champion(self, root: Path) -> ConfigError:
        from difflib import get_close_matches

        known = sorted(path.name for path in self.champions.glob("*") if path.is_dir())
        if not known:
            return ConfigError("there is no champion yet", where=str(root), remedy=_NO_RUN)
        close = get_close_matches(root.name, known, n=1)
        remedy = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
        return ConfigError(f"there is no champion {root.name!r}", where=str(root), remedy=remedy)

    def champion(self, name: str | None = None) -> str:
        """The name of the champion meant: the one given, that of ``evo.yaml``, or the only one.

        Raises:
            ConfigError: There is none, or several and none was named.
        """
        if name is not None:
            return name
        if self.name is not None:
            return self.name
        found = sorted(path.name for path in self.champions.glob("*") if path.is_dir())
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigError(
                f"the workspace has {len(found)} champions",
                where=str(self.champions),
                remedy=f"name one with --name: {', '.join(found)}",
            )
        raise ConfigError("there is no champion yet", where=str(self.champions), remedy=_NO_RUN)


def find_workspace(folder: Path) -> Workspace:
    """The workspace of a folder; its ``evo.yaml`` may put it elsewhere.

    Raises:
        ConfigError: ``evo.yaml`` is there and wrong.
    """
    if not (folder / "evo.yaml").is_file():
        return Workspace(folder)
    from evo.config import load_config

    config = load_config(folder)
    return Workspace(config.workspace, config.name)
