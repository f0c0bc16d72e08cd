"""An OpenAI-compatible server on this machine, and wheels made on the spot."""

from __future__ import annotations

import http.server
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


def answer(text: str | None = "positive", **changes: Any) -> dict[str, Any]:
    """A well-formed chat completion with first-token alternatives."""
    tops = [{"token": "positive", "logprob": -0.1}, {"token": "negative", "logprob": -2.4}]
    token = {"token": "positive", "logprob": -0.1, "bytes": None, "top_logprobs": tops}
    choice = {
        "index": 0,
        "finish_reason": "length",
        "message": {"role": "assistant", "content": text},
        "logprobs": {"content": [token]},
    }
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": {"prompt_tokens": 11, "completion_tokens": 1, "total_tokens": 12},
        **changes,
    }


@dataclass
class Endpoint:
    """What the server answers, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = field(default_factory=lambda: json.dumps(answer()).encode())
    delay: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, text: str | None = "positive", **changes: Any) -> None:
        self.body = json.dumps(answer(text, **changes)).encode()

    def fail(self, status: int, message: str = "bad thing", **details: Any) -> None:
        self.status = status
        self.body = json.dumps({"error": {"message": message, **details}}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            state.requests.append(json.loads(raw))
            state.headers.append({key.lower(): value for key, value in self.headers.items()})
            time.sleep(state.delay)
            self.send_response(state.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *args: Any) -> None:
            pass

    with _serving(Handler) as url:
        state.url = f"{url}/v1"
        yield state


@dataclass
class Hub:
    """A file server that knows ranges."""

    url: str = ""
    content: bytes = b""
    cut_after: int | None = None
    knows_ranges: bool = True
    starts: list[int] = field(default_factory=list)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    state = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("range")
            start = int(asked[len("bytes=") : -1]) if asked and state.knows_ranges else 0
            state.starts.append(start)
            if not self.path.startswith("/owner/name/resolve/main/"):
                self.send_error(404)
                return
            self.send_response(206 if start else 200)
            self.end_headers()
            self.wfile.write(state.content[start : state.cut_after])

        def log_message(self, *args: Any) -> None:
            pass

    with _serving(Handler) as url:
        state.url = url
        monkeypatch.setenv("HF_ENDPOINT", url)
        yield state


class _serving:  # noqa: N801 - used as a statement
    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        # A client that has timed out is no news.
        self._server.handle_error = lambda request, address: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def make_wheel(tmp_path: Path) -> Callable[..., Path]:
    """``make_wheel(name, version, {member: bytes})`` puts a wheel into ``tmp_path / wheels``."""

    def make(name: str, version: str, members: dict[str, bytes]) -> Path:
        folder = tmp_path / "wheels"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return make
