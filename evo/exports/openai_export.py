"""The body of an OpenAI-compatible chat request; most servers take it."""

from __future__ import annotations

import json
from typing import Any

from evo.exports.source import Source
from genomes import Rendered

_MOST_LOGPROBS = 20  # what OpenAI and those that follow it accept at most


def export_openai(source: Source) -> str:
    """The body for one domain, with ``{{ name }}`` where an input belongs.

    System turns and the last turn are templates; demonstrations are finished text, whatever
    braces they hold.

    Raises:
        ConfigError: The domain or the model is not known.
    """
    body = request_body(source.rendered(), model_name(source.meant_model().name))
    return json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def request_body(rendered: Rendered, model: str) -> dict[str, Any]:
    """Model, messages and sampling settings as the API names them."""
    sampling = rendered.sampling
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.text} for turn in rendered.turns],
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_tokens,
    }
    if sampling.top_logprobs:
        body |= {"logprobs": True, "top_logprobs": min(sampling.top_logprobs, _MOST_LOGPROBS)}
    return body


def model_name(name: str) -> str:
    """``openai/gpt-4o-mini`` as the server itself calls it."""
    return name.removeprefix("openai/")
