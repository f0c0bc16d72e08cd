from __future__ import annotations

import contextlib
import json
import socket
import threading
import time

import pytest

from evo.agents import HttpAgent
from fitness.protocols import Agent
from fitness.suites import Example
from genomes.errors import ModelError, TransientModelError
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn

EXAMPLE = Example("1", {"text": "ä"}, "yes", "d", "c")
RENDERED = Rendered("d", (Turn("user", "Q: {{ text }}"),), Sampling(), ReadingRule())


def test_an_endpoint_gets_the_question_and_gives_the_answer(serve):
    seen = []

    def reply(body, headers):
        seen.append((json.loads(body), headers["Content-Type"], headers["Authorization"]))
        return 200, '{"text": "yes", "completion_tokens": 3}'

    agent: Agent = HttpAgent(serve(reply), "1", price=(0.1, 0.2))
    got = agent.run(RENDERED, EXAMPLE)
    ((body, kind, key),) = seen
    assert body["inputs"] == {"text": "ä"}
    assert body["messages"] == [{"role": "user", "content": "Q: ä"}]
    assert (kind, key) == ("application/json", None)
    assert (got.text, got.completion_tokens, got.status) == ("yes", 3, "ok")
    assert (agent.price, agent.stateless) == ((0.1, 0.2), False)


@pytest.mark.parametrize(
    ("status", "transient"),
    [(429, True), (408, True), (500, True), (503, True), (501, False), (400, False), (401, False),
     (404, False), (422, False), (307, False)],
)  # fmt: skip
def test_which_failures_are_worth_another_try(serve, status, transient):
    calls = []

    def reply(body, headers):
        calls.append(body)
        return status, "sorry"

    with pytest.raises(ModelError, match=str(status)) as caught:
        HttpAgent(serve(reply), "1").run(RENDERED, EXAMPLE)
    assert isinstance(caught.value, TransientModelError) is transient
    assert getattr(caught.value, "retry_after", None) == (7 if status == 429 else None)
    assert len(calls) == 1, "retries are the evaluator's, where they are budgeted"


def test_a_page_in_place_of_json_is_worth_another_try(serve):
    with pytest.raises(TransientModelError, match="<html>"):
        HttpAgent(serve(lambda *_: (200, "<html>")), "1").run(RENDERED, EXAMPLE)


def test_json_of_another_shape_is_not(serve):
    with pytest.raises(ModelError, match="gave") as caught:
        HttpAgent(serve(lambda *_: (200, '{"answer": 1}')), "1").run(RENDERED, EXAMPLE)
    assert not isinstance(caught.value, TransientModelError)


def test_nobody_there_is_worth_another_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TransientModelError, match="no answer"):
            HttpAgent(url, "1").run(RENDERED, EXAMPLE)


def test_silence_is_a_time_out():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # connects, and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TransientModelError, match="in time"):
            HttpAgent(url, "1", timeout=0.3).run(RENDERED, EXAMPLE)


def test_the_key_is_sent_and_never_shown(serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_KEY", "s3cret")
    url = serve(lambda body, headers: (403, f"no: {headers['Authorization']}"))
    with pytest.raises(ModelError, match=r"no: Bearer \*\*\*") as caught:
        HttpAgent(url, "1", api_key_env="MY_KEY").run(RENDERED, EXAMPLE)
    assert "s3cret" not in str(caught.value)


def test_a_key_that_is_not_set_is_said_before_the_first_call():
    with pytest.raises(ModelError, match="NOT_THERE"):
        HttpAgent("http://127.0.0.1:1", "1", api_key_env="NOT_THERE")


def test_fingerprint_follows_address_and_version():
    prints = {
        HttpAgent(f"http://127.0.0.1:1/{place}", version).fingerprint
        for place in "ab"
        for version in "12"
    }
    assert len(prints) == 4


@pytest.mark.parametrize("variable", ["MY_AUTH", "MY_API_KEY"])
def test_a_key_that_the_endpoint_repeats_is_neither_stored_nor_shown(serve, monkeypatch, variable):
    monkeypatch.setenv(variable, "sk-secret-1234567\n")  # as a file with a last line gives it
    said = {}

    def reply(_body, headers):
        return 200, json.dumps(said["shape"]).replace("KEY", headers["Authorization"])

    agent = HttpAgent(serve(reply), "1", api_key_env=variable)
    said["shape"] = {"text": "KEY", "status": "limit", "error": "KEY", "logprobs": [["KEY", -1]]}
    assert "sk-secret" not in repr(agent.run(RENDERED, EXAMPLE))
    for shape in ({"oops": "KEY"}, {"text": "a", "KEY": 1}, {"text": "a", "steps": "KEY"}):
        said["shape"] = shape
        with pytest.raises(ModelError) as caught:
            agent.run(RENDERED, EXAMPLE)
        assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-secr\u00e9t-1234567", "sk-secret\n1234567", " "])
def test_a_key_that_cannot_be_sent_is_refused_unseen(monkeypatch, key):
    monkeypatch.setenv("MY_API_KEY", key)
    with pytest.raises(ModelError, match="environment variable MY_API_KEY") as caught:
        HttpAgent("http://127.0.0.1:9/", "1", api_key_env="MY_API_KEY")
    assert "1234567" not in str(caught.value)


def test_a_body_without_end_is_not_read_to_its_end(serve):
    """Else one answer fills the memory, or the disk of the store."""
    agent = HttpAgent(serve(lambda *_: (200, json.dumps({"text": "x" * 9_000_000}))), "1")
    with pytest.raises(ModelError, match="more than 8,000,000 bytes") as caught:
        agent.run(RENDERED, EXAMPLE)
    assert not isinstance(caught.value, TransientModelError)
    small = HttpAgent(serve(lambda *_: (200, json.dumps({"text": "x" * 700_000}))), "1")
    assert len(small.run(RENDERED, EXAMPLE).text) == 700_000


def test_the_time_counts_for_the_whole_answer():
    """A byte every tenth of a second never waits long for one read."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def trickle():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                with contextlib.suppress(OSError):
                    for _ in range(100):
                        connection.sendall(b"x")
                        time.sleep(0.1)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransientModelError, match="in time"):
            HttpAgent(url, "1", timeout=0.5).run(RENDERED, EXAMPLE)
        assert thread.is_alive(), "it gave up before the body was whole"
