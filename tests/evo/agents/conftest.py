from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = tuple[int, str]
"""Status and body."""


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts a server that answers each POST by ``reply(body, headers)``; gives its address."""
    running: list[ThreadingHTTPServer] = []

    def start(reply: Callable[..., Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text = reply(body, self.headers)
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "7")
                if status // 100 == 3:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}/answer"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
