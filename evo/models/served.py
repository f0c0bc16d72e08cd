"""Which models an OpenAI-compatible server has, for a hint when one is unknown."""

from __future__ import annotations

import http.client
import json
import urllib.request
from typing import Any

_SECONDS = 5


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the key is meant for this address alone."""

    def redirect_request(self, *_: Any) -> None:
        return None


def served_models(base_url: str, key: str | None) -> list[str]:
    """Names of the server's models; empty if it does not tell.

    Args:
        base_url: A web address, as a model's ``base_url``.
        key: Sent as bearer token.
    """
    request = urllib.request.Request(f"{base_url.rstrip('/')}/models")  # noqa: S310 (checked)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_SECONDS) as reply:
            found = json.load(reply)
    except (OSError, ValueError, http.client.HTTPException):  # a hint less
        return []
    data = found.get("data") if isinstance(found, dict) else None
    rows = data if isinstance(data, list) else []
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
