"""evogate: evolves the prompts and policies of an agent, and ships only what is proven.

One call: ``optimize``. For users who own evaluation: ``Search`` (ask and tell). In a host:
``load_champion``. Records: ``Result``, ``Task``, ``Config``. Everything is imported on first use,
so that ``import evo`` and ``evogate --help`` stay fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evo.api import optimize
    from evo.champion.host import Champion, load_champion
    from evo.config import Config, load_config
    from evo.result import Result
    from evo.search import Measured, Search, SearchConfig, Trial
    from evo.task import Task

_HOME = {
    "Champion": "evo.champion.host",
    "Config": "evo.config",
    "Measured": "evo.search",
    "Result": "evo.result",
    "Search": "evo.search",
    "SearchConfig": "evo.search",
    "Task": "evo.task",
    "Trial": "evo.search",
    "load_champion": "evo.champion.host",
    "load_config": "evo.config",
    "optimize": "evo.api",
}

__all__ = [
    "Champion",
    "Config",
    "Measured",
    "Result",
    "Search",
    "SearchConfig",
    "Task",
    "Trial",
    "load_champion",
    "load_config",
    "optimize",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'evo' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
