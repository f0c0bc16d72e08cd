"""Every way in which a provider fails: what it is taken for, and what is said."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest
from fault_server import FaultServer, Reply, completion, failure

from evo.agents import ChatAgent
from evo.models import NoAnswerError, PromptLengthError, ProviderModel, Request
from fitness.suites import Example
from genomes.errors import ModelError, TransientModelError
from genomes.rendered import ReadingRule, Rendered, Sampling, Turn

ASK = Request(({"role": "user", "content": "A mail."},), max_tokens=1, top_logprobs=5)
KEY = "sk-planted-0123456789"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def model(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> ProviderModel:
    monkeypatch.setenv("MY_KEY", KEY)
    return ProviderModel("m", base_url=server.url, api_key_env="MY_KEY", timeout=0.3)


def raised(model: ProviderModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        model.complete(ASK)
    assert "\n" not in str(caught.value)
    return caught.value


PASSING = {
    "slow": Reply({}, delay=1.0),
    "dropped": Reply(drop=True),
    "cut short": Reply({"choices": []}, cut=True),
    "429": failure(429),
    "500": failure(500),
    "502 without a body": Reply(b"", 502),
    "503 in HTML": Reply(b"<html>busy</html>", 503),
    "an error with status 200": Reply({"error": {"message": "overloaded", "code": 503}}),
    "malformed JSON": Reply(b'{"choices": ['),
    "JSON null": Reply(b"null"),
    "a list": Reply([1]),
    "an empty object": Reply({}),
    "no choices": completion(choices=[]),
    "null choices": completion(choices=None),
    "a choice without message": completion(choices=[{"index": 0, "finish_reason": "stop"}]),
    "null content": completion(None),
    "a number as content": completion(5),
    "a tool call that nobody offered": completion(
        None,
        message={
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
            ]
        },
    ),
    "counts that are text": completion(usage={"prompt_tokens": "x", "completion_tokens": "1"}),
}


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_it_is_worth_another_try_and_never_an_answer(server, model, reply):
    server.always(reply)
    assert isinstance(raised(model), TransientModelError)
    assert len(server.requests) == 1, "no hidden retry"


FINAL = {
    "a wrong key": (failure(401), "no access", "MY_KEY"),
    "no permission": (failure(403), "no access", "MY_KEY"),
    "no money": (failure(402), "money", "balance"),
    "quota used up": (
        Reply({"error": {"message": "quota", "code": "insufficient_quota"}}, 429),
        "money",
        "balance",
    ),
    "an unknown model": (failure(404, "model m does not exist"), "no model", "name"),
    "an unknown model, as a bad request": (failure(400, "invalid model ID"), "no model", "name"),
    "another bad request": (failure(400, "n must be 1"), "n must be 1", None),
    "a redirection": (Reply(b"", 302, {"location": "http://127.0.0.1:9/"}), "elsewhere", "address"),
}


@pytest.mark.parametrize(("reply", "what", "remedy"), FINAL.values(), ids=FINAL)
def test_it_is_final_and_says_what_to_do(server, model, reply, what, remedy):
    server.always(reply)
    error = raised(model)
    assert not isinstance(error, (TransientModelError, NoAnswerError))
    assert what in error.what
    assert (remedy or "") in (error.remedy or "")
    assert error.where == server.url
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "message",
    [
        "request (2020 tokens) exceeds the available context size (512 tokens), try increasing it",
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        "Input is too long for requested model",
        "The prompt is too long: 9000, model maximum context length: 8192",
    ],
)
def test_a_prompt_that_is_too_long_is_known_in_every_servers_words(server, model, message):
    server.always(failure(400, message))
    assert isinstance(raised(model), PromptLengthError)


def test_the_wait_that_a_server_asks_for_comes_with_the_error(server, model):
    server.always(failure(429, retry_after="7"))
    assert raised(model).retry_after == 7.0
    server.always(failure(503, retry_after="nonsense"))
    assert raised(model).retry_after is None


def test_a_mistyped_name_is_compared_with_what_the_server_has(server, model):
    server.always(failure(404))
    server.models = ["mm-large", "mx"]
    assert raised(model).remedy == "did you mean 'mx'?"
    server.models = ["quite-different"]
    assert "quite-different" in str(raised(model).remedy)


@pytest.mark.parametrize(
    "reply",
    [
        completion(None, finish="content_filter"),
        Reply({"error": {"message": "no", "code": "content_filter"}}, 400),
    ],
)
def test_an_answer_that_a_filter_withheld_is_missing_not_wrong(server, model, reply):
    server.always(reply)
    assert isinstance(raised(model), NoAnswerError)
    rendered = Rendered("d", (Turn("user", "{{ text }}"),), Sampling(), ReadingRule())
    example = Example("1", {"text": "hello"}, "ham", "d", "c")
    assert ChatAgent(model).run(rendered, example).status == "infra_error"


SHAPES = {
    "reasoning beside the answer": (completion(message={"reasoning_content": "hm"}), "spam"),
    "reasoning under another name": (completion(message={"reasoning": "hm"}), "spam"),
    "content in parts": (
        completion([{"type": "text", "text": "sp"}, {"type": "text", "text": "am"}]),
        "spam",
    ),
    "a refusal": (completion(None, message={"refusal": "I cannot."}), "I cannot."),
    "an empty text": (completion(""), ""),
    "half a surrogate pair": (completion("\ud83d"), "?"),
    "no reason to finish": (completion(finish=None), "spam"),
    "an odd reason to finish": (completion(finish="eos"), "spam"),
    "a reply used up by reasoning": (
        completion(None, finish="length", message={"reasoning_content": "hm"}),
        "",
    ),
}


@pytest.mark.parametrize(("reply", "text"), SHAPES.values(), ids=SHAPES)
def test_replies_of_other_shapes_are_read(server, model, reply, text):
    server.always(reply)
    got = model.complete(ASK)
    assert got.text == text
    assert "".join(token for token, _ in got.logprobs or ()).encode() is not None


@pytest.mark.parametrize("usage", [None, {}, {"total_tokens": 12}])
def test_counts_that_are_missing_are_unknown(server, usage):
    server.always(completion(usage=usage))
    got = ProviderModel("m", base_url=server.url, price=(1.0, 1.0)).complete(ASK)
    assert (got.text, got.prompt_tokens, got.completion_tokens, got.money) == (
        "spam", None, None, None,
    )  # fmt: skip


def test_a_server_without_alternatives_is_asked_without_them(server, model):
    refusal = failure(400, "logprobs is not supported with this model")
    server.behave = lambda n, body, headers: refusal if body.get("logprobs") else completion()
    assert isinstance(raised(model), TransientModelError), "the caller's next try is counted"
    assert model.complete(ASK).text == "spam"
    assert len(server.requests) == 2


ECHOES = {
    "401": lambda sent: failure(401, f"bad key: {sent}"),
    "400": lambda sent: failure(400, f"bad request, headers were Authorization: {sent}"),
    "500": lambda sent: failure(500, f"trace: {sent}"),
    "malformed": lambda sent: Reply(f"debug {sent}".encode()),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_key_that_the_server_echoes_is_hidden(server, model, echo):
    server.behave = lambda n, body, headers: echo(headers["authorization"])
    error = raised(model)
    assert KEY not in "".join(traceback.format_exception(error))
    assert KEY in server.headers[0]["authorization"], "it was sent, though"


def test_a_key_in_an_answer_is_hidden(server, model):
    server.behave = lambda n, body, headers: completion(headers["authorization"])
    got = model.complete(ASK)
    assert got.text == "Bearer [hidden]"
    assert KEY not in str(got)


def test_the_providers_own_variable_is_hidden_too(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.always(failure(500, f"trace: {KEY}"))
    model = ProviderModel("m", base_url=server.url)
    assert KEY not in "".join(traceback.format_exception(raised(model)))


def test_variables_of_other_clients_lead_nowhere_else(server, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert ProviderModel("m", base_url=server.url).complete(ASK).text == "spam"


@pytest.mark.parametrize(
    ("name", "sent"),
    [("m", "m"), ("Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B"), ("openai/gpt", "gpt"),
     ("deepseek/chat", "deepseek/chat")],
)  # fmt: skip
def test_the_servers_own_name_of_a_model_is_sent_as_it_is(server, name, sent):
    ProviderModel(name, base_url=server.url).complete(ASK)
    assert server.requests[0]["model"] == sent


@pytest.mark.parametrize(
    "address",
    ["http://user:pass-123@host/v1", "http://host/v1?api_key=abc", "host/v1", "file:///x"],
)
def test_an_address_that_holds_a_secret_or_is_none_is_refused(address):
    with pytest.raises(ModelError, match="base_url") as caught:
        ProviderModel("m", base_url=address)
    assert "pass-123" not in str(caught.value)


@pytest.mark.parametrize("given", [KEY, "AIzaSyD-x", "abcdef0123456789"])
def test_a_key_in_the_place_of_its_name_is_refused_and_not_shown(given):
    with pytest.raises(ModelError, match="NAME") as caught:
        ProviderModel("m", base_url="http://127.0.0.1:9/v1", api_key_env=given)
    assert given not in "".join(traceback.format_exception(caught.value))
