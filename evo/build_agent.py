"""From a config to the agent that is improved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evo.agents import ChatAgent
from evo.models import LocalModel, Model, Price, ProviderModel, ScriptedModel, pull
from fitness.scorers import load_function

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evo.config import ModelConfig

_MILLION = 1_000_000


def build_agent(
    config: ModelConfig, *, progress: Callable[[int, int], None] | None = None
) -> ChatAgent:
    """The agent over the model that the config names.

    Args:
        config: The block ``models.task``.
        progress: Told (bytes done, bytes in all) if a catalogue model has to be fetched.

    Raises:
        ModelError: The model is missing, cannot be fetched or loaded, or its key is not set.
        ConfigError: The function of a scripted model does not exist.
    """
    return ChatAgent(build_model(config, progress=progress))


def build_model(
    config: ModelConfig, *, progress: Callable[[int, int], None] | None = None
) -> Model:
    """The model that the config names; see ``build_agent``."""
    if config.kind == "local":
        path = config.path or pull(str(config.name), progress=progress)
        return LocalModel(Path(path), threads=config.threads)
    if config.kind == "provider":
        return ProviderModel(
            str(config.name),
            base_url=config.base_url,
            api_key_env=config.api_key_env,
            price=_per_token(config),
        )
    reply: Callable[[Any], Any] = load_function(str(config.name))
    return ScriptedModel(reply, name=str(config.name), price=_per_token(config))


def _per_token(config: ModelConfig) -> Price | None:
    if config.price is None:
        return None
    prompt, completion = config.price
    return (prompt / _MILLION, completion / _MILLION)
