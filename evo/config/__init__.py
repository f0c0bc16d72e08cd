"""The file ``evo.yaml``: its blocks, and how it is read.

Reading: ``load_config``, ``resolve``, ``config_file``. Blocks: ``Config``, ``AgentConfig``,
``DataConfig``,
``ShareConfig``, ``ModelsConfig``, ``ModelConfig``, ``ProposerConfig``, ``BudgetConfig``,
``RunConfig``,
``ObjectiveConfig``, ``JudgeConfig``, ``GapsConfig``; ``search`` is
``evo.search.config.SearchConfig`` and ``gate`` is ``evo.gate.config.GateConfig``.
"""

from evo.config.agent import AgentConfig
from evo.config.blocks import (
    BudgetConfig,
    DataConfig,
    ModelConfig,
    ModelsConfig,
    ProposerConfig,
    RunConfig,
    ShareConfig,
)
from evo.config.config import Config
from evo.config.gaps import GapsConfig
from evo.config.judge import JudgeConfig
from evo.config.load import config_file, load_config, resolve
from evo.config.objective import ObjectiveConfig

__all__ = [
    "AgentConfig",
    "BudgetConfig",
    "Config",
    "DataConfig",
    "GapsConfig",
    "JudgeConfig",
    "ModelConfig",
    "ModelsConfig",
    "ObjectiveConfig",
    "ProposerConfig",
    "RunConfig",
    "ShareConfig",
    "config_file",
    "load_config",
    "resolve",
]
