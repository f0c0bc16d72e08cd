"""Keys are known by the name of their variable; their values appear nowhere."""

from __future__ import annotations

import os
import re
import traceback
from urllib.parse import parse_qsl, urlsplit

from genomes.errors import ModelError

HIDDEN = "[hidden]"

_NAME_OF_A_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_HEADER = re.compile(r"[!-~]+")  # what every server takes in a header
_NAME_OF_A_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$", re.IGNORECASE)
_SHORTEST = 8  # a shorter value may be an ordinary word of a message


def scrub(text: str, key: str | None = None) -> str:
    """``text`` without any secret that this process knows.

    Servers and proxies echo what they were sent, the key included.

    Args:
        text: A message, a traceback, a reply.
        key: A key that was sent. Beside it, the value of every environment variable whose name
            ends like that of a secret (``..._KEY``, ``..._TOKEN``, ...) is hidden.
    """
    for secret in sorted({*_known(), *([key] if key else [])}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def clean_cause(error: BaseException, key: str | None = None) -> BaseException | None:
    """``error`` as the cause of another, or ``None`` if its traceback would show a secret."""
    shown = "".join(traceback.format_exception(error))
    return error if scrub(shown, key) == shown else None


def read_key(variable: str, where: str) -> str:
    """The key in an environment variable, without the spaces and line ends around it.

    Args:
        variable: Its name.
        where: Key of the config that names it, for messages.

    Raises:
        ModelError: It is not set, or what it holds cannot be sent; the value is not shown.
    """
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ModelError(
            f"the environment variable {variable} is not set",
            where=where,
            remedy=f"export {variable}=..., or write it into .env, and run it again",
        )
    if not _HEADER.fullmatch(key):  # libraries would show it in their error
        raise ModelError(
            f"the environment variable {variable} holds spaces, line ends or letters beyond ASCII",
            where=where,
            remedy="copy the key again; it is one word of plain letters, digits and signs",
        )
    return key


def check_key_name(name: str | None) -> None:
    """Whether ``name`` can be the name of an environment variable; it is never shown.

    Raises:
        ValueError: It looks like the key itself.
    """
    if name is not None and not _NAME_OF_A_VARIABLE.fullmatch(name):
        raise ValueError(
            "api_key_env takes the NAME of an environment variable, in capitals, never the key; "
            "put the key into the environment or into .env"
        )


def check_address(address: str | None) -> None:
    """Whether an address is free of secrets, since it is stored with the run; it is never shown.

    Raises:
        ValueError: It holds a user, a password or a key, or is no web address.
    """
    if address is None:
        return
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url should be a web address, e.g. http://127.0.0.1:8080/v1")
    named = [name for name, _ in parse_qsl(parts.query) if _NAME_OF_A_SECRET.search(name)]
    if parts.username or parts.password or named:
        raise ValueError(
            "base_url holds a key or a password; it would be stored with the run; put it into the "
            "environment and name the variable in api_key_env"
        )


def _known() -> set[str]:
    values = [v for name, v in os.environ.items() if _NAME_OF_A_SECRET.search(name)]
    # A line end after a key is often lost before a message is cut.
    return {v for value in values for v in (value, value.strip()) if len(v) >= _SHORTEST}
