"""Scoring what the calls led to instead of what was said."""

from __future__ import annotations

import json


def succeeded(answer: str | None, target: str) -> float:  # noqa: ARG001 (signature of a scorer)
    """A scorer for tools that tell their own end: 1 if the end says ``success``.

    Named ``evo.agents.tools:succeeded`` in a config. An end is a JSON object, as ``score`` of a
    tool world gives it.
    """
    try:
        end = json.loads(answer or "")
    except ValueError:
        return 0.0
    return float(isinstance(end, dict) and end.get("success") is True)
