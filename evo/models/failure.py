"""What went wrong at a provider, in our terms: worth another try, missing, or final."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from evo.models.model import NoAnswerError, PromptLengthError
from evo.models.secrets import scrub
from genomes.errors import ModelError, TransientModelError

_PASSING = frozenset(
    {
        "rate_limit",
        "timeout",
        "server",
        "transport",
        "lock_timeout",
        "unexpected",
        "stream_assembly",
    }
)
_FILTERED = re.compile(r"content.?filter|content.?policy|ResponsibleAI", re.IGNORECASE)
_UNKNOWN_MODEL = re.compile(
    r"(invalid|unknown|unsupported|no such) model|model.{0,80}not (exist|found)"
)
# llama.cpp, vLLM and others each have their own words for it.
_TOO_LONG = re.compile(
    r"exceed.{0,40}context|context.{0,20}(length|size|window).{0,40}(exceed|tokens)"
    r"|(prompt|input).{0,30}too (long|large)|too many (input )?tokens",
    re.IGNORECASE,
)
_REFUSED = (400, 413, 422)
_LONGEST = 300


@dataclass(frozen=True)
class Endpoint:
    """Who was asked.

    Attributes:
        model: Name of the model.
        where: Address or name, for messages.
        key: The key that was sent; hidden in every message.
        key_name: Its environment variable.
        models: Names of the models that the endpoint has; asked for only where one is unknown.
    """

    model: str
    where: str
    key: str | None
    key_name: str | None
    models: Callable[[], Sequence[str]]


def translate(error: Any, endpoint: Endpoint, *, with_schema: bool = False) -> ModelError:
    """An error of the provider layer as one of ours.

    Args:
        error: Has ``code``, ``status``, ``provider_code`` and ``retry_after``.
        endpoint: Who was asked.
        with_schema: Whether a JSON schema was sent.

    Returns:
        ``TransientModelError`` for time-outs, lost connections, 429, 5xx and unreadable replies;
        ``NoAnswerError`` where a filter withheld this one; ``PromptLengthError`` for a prompt that
        is too long; a plain ``ModelError`` for keys, names, bills and refused requests.
    """
    what, code, status = scrub(_line(error), endpoint.key), error.code, error.status
    if code == "context_window_exceeded" or (status in _REFUSED and _TOO_LONG.search(what)):
        return PromptLengthError(what, where=endpoint.where, remedy="shorten the prompt")
    if _FILTERED.search(f"{error.provider_code}"):
        return NoAnswerError(f"a content filter refused: {what}", where=endpoint.where)
    if code in _PASSING or status == 200:
        said, advice = _passing(what)
        hint = _hint(error)
        return TransientModelError(said, where=endpoint.where, remedy=advice, retry_after=hint)
    what, remedy = _final(what, error, endpoint, with_schema=with_schema)
    return ModelError(what, where=endpoint.where, remedy=remedy)


def _passing(what: str) -> tuple[str, str]:
    if "timed out" in what:
        return "the model did not answer in time", "raise timeout for this model"
    return what, "check that the address is right and the server runs, then run it again"


def _final(
    what: str, error: Any, endpoint: Endpoint, *, with_schema: bool
) -> tuple[str, str | None]:
    if error.code in ("auth", "not_configured"):
        return f"no access: {what}", _key_remedy(endpoint.key_name)
    if error.code == "billing":
        return f"the provider wants money: {what}", "check balance and quota of the account"
    if error.code == "unsupported_model" or error.status == 404 or _UNKNOWN_MODEL.search(what):
        return f"no model {endpoint.model!r}: {what}", _name_remedy(endpoint)
    if error.status is not None and 300 <= error.status < 400:
        return "the address leads elsewhere", "give the address that it leads to"
    remedy = "if the server takes no JSON schema, set json_schema: false for this model"
    return what, remedy if with_schema else None


def _key_remedy(key_name: str | None) -> str:
    if key_name:
        return f"check the key in the environment variable {key_name}"
    return "name the environment variable that holds the key in api_key_env"


def _name_remedy(endpoint: Endpoint) -> str:
    name = endpoint.model.removeprefix("openai/")
    known = endpoint.models()
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    if known:
        return f"the endpoint has: {', '.join(sorted(known)[:10])}"
    return "check the model's name and the address"


def _hint(error: Any) -> float | None:
    """Seconds of Retry-After, of the error or of what caused it."""
    seen: Any = error
    while seen is not None:
        if getattr(seen, "retry_after", None) is not None:
            return float(seen.retry_after)
        headers = getattr(getattr(seen, "response", None), "headers", None) or {}
        if str(headers.get("retry-after", "")).isdecimal():
            return float(headers["retry-after"])
        seen = seen.__cause__
    return None


def _line(error: Exception) -> str:
    line = str(error).strip().split("\n", 1)[0]
    line = line.split("] ", 1)[-1] if line.startswith("[") else line
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
