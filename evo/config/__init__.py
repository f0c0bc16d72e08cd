"""The file ``evo.yaml``: its blocks, and how it is read.

Reading: ``load_config``, ``resolve``. Blocks: ``Config``, ``AgentConfig``, ``DataConfig``,
``ShareConfig``, ``ModelsConfig``, ``ModelConfig``, ``BudgetConfig``, ``RunConfig``; ``search`` is
``evo.search.config.SearchConfig`` and ``gate`` is ``evo.gate.config.GateConfig``.
"""

from evo.config.agent import AgentConfig
from evo.config.blocks import (
    BudgetConfig,
    DataConfig,
    ModelConfig,
    ModelsConfig,
    RunConfig,
    ShareConfig,
)
from evo.config.config import Config
from evo.config.load import load_config, resolve

__all__ = [
    "AgentConfig",
    "BudgetConfig",
    "Config",
    "DataConfig",
    "ModelConfig",
    "ModelsConfig",
    "RunConfig",
    "ShareConfig",
    "load_config",
    "resolve",
]
