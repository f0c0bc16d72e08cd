"""Language models behind one method: ``complete(request) -> completion``.

The contract: ``Model``, ``Request``, ``Completion``, ``Price``, ``cost``, ``PromptLengthError``,
``NoAnswerError``.
Models: ``LocalModel`` (a GGUF file in this process), ``ProviderModel`` (any provider, over DSPy),
``ScriptedModel`` (for tests); ``LimitedModel`` asks one of them at the ``Pace`` of a ``Limiter``.
Files of models: ``list_models``, ``pull``, ``verify``,
``model_path``.
"""

from evo.models.catalogue import ModelStatus, list_models, model_path, pull, verify
from evo.models.entries import CATALOGUE, ModelEntry
from evo.models.limited import LimitedModel
from evo.models.limiter import Limiter, Pace
from evo.models.local import LocalModel
from evo.models.model import (
    Completion,
    Model,
    NoAnswerError,
    Price,
    PromptLengthError,
    Request,
    cost,
)
from evo.models.provider import ProviderModel
from evo.models.scripted import ScriptedModel

__all__ = [
    "CATALOGUE",
    "Completion",
    "LimitedModel",
    "Limiter",
    "LocalModel",
    "Model",
    "ModelEntry",
    "ModelStatus",
    "NoAnswerError",
    "Pace",
    "Price",
    "PromptLengthError",
    "ProviderModel",
    "Request",
    "ScriptedModel",
    "cost",
    "list_models",
    "model_path",
    "pull",
    "verify",
]
