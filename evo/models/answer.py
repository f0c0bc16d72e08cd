"""What a provider's reply says, and whether it says anything at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evo.models.model import NoAnswerError
from genomes.errors import TransientModelError


def text_of(reply: Any, where: str, *, chat: bool) -> str:
    """The text of a reply, without the model's reasoning.

    An empty text is an answer only where the model really wrote one, or where its reasoning
    used up the reply: a missing or null text is a failure, or it would be scored as wrong.

    Args:
        reply: A response of the provider layer: message parts, finish reason, raw data.
        where: The endpoint, for messages.
        chat: Whether the endpoint speaks the OpenAI protocol for sure.

    Raises:
        NoAnswerError: A content filter withheld the text.
        TransientModelError: There is no text, and nothing says why.
    """
    parts, message = reply.message.parts, _message(reply, chat=chat)
    text = "".join(part.text for part in parts if part.type == "text")
    text = text or "".join(part.text for part in parts if part.type == "refusal")
    text = text or _refusal(message)
    if text:
        return text
    if reply.finish_reason == "content_filter":
        raise NoAnswerError("a content filter withheld the answer", where=where)
    if reply.finish_reason != "length" and not _written(reply, message):
        raise TransientModelError(
            "the endpoint gave no answer",
            where=where,
            remedy="if it stays so, ask the endpoint by hand: its replies hold no text",
        )
    return ""


def _written(reply: Any, message: Mapping[str, Any] | None) -> bool:
    """Whether the model really wrote an empty text."""
    if message is not None:
        return isinstance(message.get("content"), (str, list))
    # Not the OpenAI protocol: the bill alone tells.
    return bool(reply.usage and reply.usage.output_tokens)


def _message(reply: Any, *, chat: bool) -> Mapping[str, Any] | None:
    """The raw message of the OpenAI protocol, empty if absent; ``None`` for other protocols."""
    data = reply.provider_data or {}
    if not chat and "choices" not in data:
        return None
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, (list, tuple)) and choices else None
    message = first.get("message") if isinstance(first, Mapping) else None
    return message if isinstance(message, Mapping) else {}


def _refusal(message: Mapping[str, Any] | None) -> str:
    fields = (message or {}).get("provider_specific_fields")
    refusal = fields.get("refusal") if isinstance(fields, Mapping) else None
    return refusal if isinstance(refusal, str) else ""
