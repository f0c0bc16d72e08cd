"""The user's own agent behind an HTTP endpoint."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

from evo.agents.reply import question, tail, to_response
from evo.models.secrets import clean_cause, read_key
from fitness.response import Response
from fitness.suites.example import Example
from genomes.errors import ModelError, TransientModelError
from genomes.hashing import content_hash
from genomes.rendered import Rendered

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 8_000_000
"""Longest body of an answer that is read; decompressed."""

_WHO = "the agent's endpoint"
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
_NEVER = frozenset({501, 505})
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class HttpAgent:
    """Sends each call as one POST request with a JSON body.

    The body holds ``messages``, ``inputs`` and ``sampling``; the answer is JSON with ``text``
    and any other fields of ``Response``. Redirects are not followed. Connections are kept.
    Implements ``fitness.protocols.Agent``; thread-safe.

    Args:
        url: Address of the endpoint.
        fingerprint: Changes whenever the endpoint's answers could, e.g. its version.
        timeout: Seconds until a call is given up, however busily the endpoint sends.
        api_key_env: Name of the environment variable whose value is sent as a bearer token.
        stateless: Whether an answer depends on messages and inputs alone. Only then does an
            equal prompt prove equal behaviour; say so only if it is true.
        price: USD per (prompt, completion) token; ``None`` if unknown.

    Attributes:
        fingerprint: Hash of the address and the version that the user gave.
        stateless: As declared.
        price: As given.

    Raises:
        ModelError: The named environment variable is not set.
    """

    def __init__(
        self,
        url: str,
        fingerprint: str,
        *,
        timeout: float = 60.0,
        api_key_env: str | None = None,
        stateless: bool = False,
        price: tuple[float, float] | None = None,
    ) -> None:
        import httpx

        self._url = url
        self._key = read_key(api_key_env, "agent.api_key_env") if api_key_env else ""
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        self._timeout = timeout
        self._client = httpx.Client(timeout=timeout, headers=headers)
        self.stateless = stateless
        self.price = price
        self.fingerprint = content_hash({"agent": "http", "url": url, "version": fingerprint})

    def run(self, rendered: Rendered, example: Example) -> Response:
        """Asks the endpoint once.

        Raises:
            TransientModelError: No connection, a time-out, 408, 425, 429, 5xx, or a body that is
                not JSON.
            ModelError: Any other status, a body beyond ``MOST_BYTES``, or JSON of another shape.
        """
        body = json.dumps(question(rendered, example)).encode()
        start = time.perf_counter()
        answer = self._post(body)
        seconds = time.perf_counter() - start
        if not answer.is_success:
            raise self._refusal(answer)
        try:
            reply = answer.json()
        except (ValueError, RecursionError) as error:  # a proxy's page, or a body that was cut off
            raise TransientModelError(
                f"{_WHO} gave no JSON: {tail(answer.text, (self._key,))!r}", where=self._url
            ) from error
        return to_response(reply, seconds, _WHO, key=self._key)

    def _post(self, body: bytes) -> httpx.Response:
        import httpx

        end = time.monotonic() + self._timeout
        try:
            with self._client.stream("POST", self._url, content=body) as answer:
                return self._whole(answer, end)
        except httpx.TimeoutException as error:
            raise TransientModelError(
                f"{_WHO} did not answer in time", where=self._url, remedy="raise agent.timeout"
            ) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ModelError(f"bad address: {error}", where="agent.url") from error
        except httpx.HTTPError as error:
            raise TransientModelError(
                f"no answer from {_WHO}: {tail(str(error), (self._key,))}",
                where=self._url,
                remedy="check that the address is right and the server runs",
            ) from clean_cause(error, self._key)

    def _whole(self, answer: httpx.Response, end: float) -> httpx.Response:
        """The answer with its body, read piece by piece: httpx bounds one read, not the sum."""
        import httpx

        pieces: list[bytes] = []
        size = 0
        for piece in answer.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise ModelError(
                    f"{_WHO} gave more than {MOST_BYTES:,} bytes",
                    where=self._url,
                    remedy="give the answer alone",
                )
            if time.monotonic() > end:
                raise httpx.ReadTimeout("the answer took too long", request=answer.request)
        headers = [(k, v) for k, v in answer.headers.multi_items() if k not in _OF_THE_WIRE]
        return httpx.Response(answer.status_code, headers=headers, content=b"".join(pieces))

    def _refusal(self, answer: httpx.Response) -> ModelError:
        status = answer.status_code
        told = tail(answer.text, (self._key,))
        what = f"{_WHO} answered {status} {answer.reason_phrase}{f': {told}' if told else ''}"
        if status in _WORTH_ANOTHER_TRY or (status >= 500 and status not in _NEVER):
            return TransientModelError(what, where=self._url, retry_after=_wait(answer))
        if status in (401, 403):
            remedy = "name the environment variable that holds the key in agent.api_key_env"
            return ModelError(what, where=self._url, remedy=remedy)
        return ModelError(what, where=self._url, remedy="check agent.url")


def _wait(answer: httpx.Response) -> float | None:
    """Seconds of a Retry-After header; its form as a date is not read."""
    try:
        seconds = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
