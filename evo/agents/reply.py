"""What passes between evogate and an agent that is not its own: one question, one reply."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from evo.models.secrets import scrub
from fitness.response import Response, Status
from fitness.suites.example import Example
from genomes.errors import ModelError
from genomes.rendered import Rendered

_FIELDS = tuple(field.name for field in dataclasses.fields(Response))
_SHAPE = 'give {"text": "..."}'


def question(rendered: Rendered, example: Example) -> dict[str, Any]:
    """What an outside agent is asked; the target is never part of it.

    Returns:
        ``messages`` (chat turns with ``role`` and ``content``), ``inputs`` (name to value) and
        ``sampling`` (``temperature``, ``max_tokens``, ``top_logprobs``); where the genome has
        any, ``policy`` (``rules``, ``ties``), which the agent has to enforce itself, and
        ``conduct``, see ``genomes.Conduct``.

    Raises:
        GenomeError: An input that a template asks for is missing.
    """
    asked: dict[str, Any] = {
        "messages": rendered.messages(example.inputs),
        "inputs": dict(example.inputs),
        "sampling": dataclasses.asdict(rendered.sampling),
    }
    if rendered.policy is not None:
        asked["policy"] = dataclasses.asdict(rendered.policy)
    if rendered.conduct is not None:
        asked["conduct"] = dataclasses.asdict(rendered.conduct)
    return asked


def to_response(
    reply: object,
    seconds: float,
    who: str,
    secrets: tuple[str, ...] = (),
    *,
    key: str | None = None,
) -> Response:
    """A ``Response`` from what an agent gave.

    Args:
        reply: Text, or a mapping with ``text`` and any other fields of ``Response``.
        seconds: Wall time of the call, if the reply does not say.
        who: The agent, as messages name it.
        secrets: Values that it was given and no message shows. They may be ordinary words, so
            they stay in what it answers, unless their variables are named like secrets.
        key: A key that it was sent; neither the response nor a message shows it.

    Raises:
        ModelError: The reply has another shape; the message names the field.
    """
    hidden = (*secrets, key or "")
    if isinstance(reply, str):
        return Response(text=_stored(reply, key), seconds=seconds)
    if not isinstance(reply, Mapping) or not isinstance(reply.get("text"), str):
        told = _clean(repr(reply), hidden)
        raise ModelError(f"{who} gave {told:.80}", remedy=f"{_SHAPE}, or plain text")
    unknown = sorted(str(name) for name in set(reply) - set(_FIELDS))
    if unknown:
        raise ModelError(
            f"{who} gave unknown field(s) {_clean(', '.join(unknown), hidden):.80}",
            remedy=f"known: {', '.join(_FIELDS)}",
        )
    fields: dict[str, Any] = {"seconds": seconds, **reply}
    for name, (holds, expected) in _CHECKS.items():
        if fields.get(name) is not None and not holds(fields[name]):
            told = _clean(repr(fields[name]), hidden)
            raise ModelError(f"{who} gave {name} {told:.60}, expected {expected}")
    for name in ("text", "error"):
        if fields.get(name) is not None:
            fields[name] = _stored(fields[name], key)
    if fields.get("trace") is not None:
        fields["trace"] = tuple(_stored(line, key) for line in fields["trace"])
    if fields.get("logprobs") is not None:
        fields["logprobs"] = tuple(
            (_stored(token, key), float(value)) for token, value in fields["logprobs"]
        )
    return Response(**{name: value for name, value in fields.items() if value is not None})


def from_json(text: str, seconds: float, who: str, secrets: tuple[str, ...] = ()) -> Response:
    """A ``Response`` from one JSON object.

    Raises:
        ModelError: Not JSON, or of another shape.
    """
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"{who} gave no JSON ({error}): {tail(text, secrets)!r}"
            if text.strip()
            else f"{who} gave nothing",
            remedy=f"{_SHAPE} and nothing else; notes belong on standard error",
        ) from error
    return to_response(reply, seconds, who, secrets)


def tail(text: str, secrets: tuple[str, ...] = (), *, longest: int = 300) -> str:
    """The end of a text for a message, with what is secret taken out.

    Args:
        text: What an agent said.
        secrets: Values that it was given, beside those that ``scrub`` knows by name.
        longest: In characters.
    """
    text = _clean(text, secrets).strip()
    return text if len(text) <= longest else f"...{text[-longest:]}"


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return _stored(text, None)


def _stored(text: str, key: str | None) -> str:
    # Half a surrogate pair has no bytes, so no store could keep it.
    return scrub(text, key or None).encode("utf-8", "replace").decode()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _is_number(value: object) -> bool:
    # A whole number beyond _MOST may be too large for a float.
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST
    return whole or (isinstance(value, float) and not math.isnan(value))


def _is_amount(value: object) -> bool:
    return _is_number(value) and 0 <= value < math.inf  # type: ignore[operator]


def _is_lines(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(line, str) for line in value)


def _is_logprobs(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and isinstance(pair[0], str)
        and _is_number(pair[1])
        and pair[1] < math.inf
        for pair in value
    )


_MOST = 2**53
_COUNT = (_is_count, "a whole number, 0 or more")
_AMOUNT = (_is_amount, "a finite number, 0 or more")
_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "prompt_tokens": _COUNT,
    "completion_tokens": _COUNT,
    "steps": _COUNT,
    "money": _AMOUNT,
    "seconds": _AMOUNT,
    "logprobs": (_is_logprobs, "pairs of token and log-probability"),
    "status": (lambda value: value in get_args(Status), f"one of {', '.join(get_args(Status))}"),
    "error": (lambda value: isinstance(value, str), "text"),
    "trace": (_is_lines, "a list of texts"),
}
