"""Language models behind one method: ``complete(request) -> completion``.

The contract: ``Model``, ``Request``, ``Completion``, ``PromptLengthError``.
Models: ``LocalModel`` (a GGUF file in this process).
"""

from evo.models.local import LocalModel
from evo.models.model import Completion, Model, Price, PromptLengthError, Request

__all__ = ["Completion", "LocalModel", "Model", "Price", "PromptLengthError", "Request"]
