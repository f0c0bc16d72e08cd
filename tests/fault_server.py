"""A server that speaks the OpenAI protocol and can fail in every way that real ones do."""

from __future__ import annotations

import http.server
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

LABELS = ("ham", "spam")


@dataclass(frozen=True)
class Reply:
    """What the server does with one request."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    """Resets the connection before a byte is sent."""
    cut: bool = False
    """Promises more bytes than it sends."""


def completion(
    content: Any = "spam", *, finish: str | None = "stop", message: Any = None, **changes: Any
) -> Reply:
    """A well-formed answer; ``message`` adds to the message, ``changes`` to the body."""
    token = {"token": content, "logprob": -0.1, "bytes": None, "top_logprobs": []}
    tops = [{"token": content, "logprob": -0.1}, {"token": "ham", "logprob": -2.5}]
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": content} | (message or {}),
    }
    if isinstance(content, str):
        choice["logprobs"] = {"content": [token | {"top_logprobs": tops}]}
    usage = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}
    body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
    return Reply(body | {"choices": [choice], "usage": usage} | changes)


def failure(status: int, message: str = "bad thing", **headers: str) -> Reply:
    """An error of the protocol; header names with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply({"error": {"message": message}}, status, named)


Behaviour = Callable[[int, dict[str, Any], dict[str, str]], Reply]
"""(number of the request from 0, its body, its headers) to what the server does."""


class FaultServer:
    """Listens on this machine while it is entered.

    Attributes:
        behave: What it does; by default it answers ``spam``.
        requests: Bodies of all requests for a completion, in order.
        headers: Their headers, names in small letters.
        models: Names that it lists; ``None`` answers 404.
    """

    def __init__(self) -> None:
        self.behave: Behaviour = lambda number, body, headers: completion()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models: list[str] | None = None
        self._lock = threading.Lock()

    def always(self, reply: Reply) -> None:
        """Answers every request with ``reply``."""
        self.behave = lambda number, body, headers: reply

    def first(self, *replies: Reply) -> None:
        """Answers the first requests with these, the rest well."""
        self.behave = lambda n, body, headers: replies[n] if n < len(replies) else completion()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = outer.models
                rows = {"data": [{"id": name} for name in known or ()]}
                _send(self, Reply(rows, 404 if known is None else 200))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with outer._lock:
                    number = len(outer.requests)
                    outer.requests.append(body)
                    outer.headers.append(headers)
                _send(self, outer.behave(number, body, headers))

            def log_message(self, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda request, address: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _send(handler: http.server.BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.drop:
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        return
    time.sleep(reply.delay)
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    try:
        handler.send_response(reply.status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body) + 500 * reply.cut))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
    except OSError:  # the client has given up
        pass
    if reply.cut:
        handler.connection.close()
