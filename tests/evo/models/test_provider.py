from __future__ import annotations

import threading

import pytest

from evo.models import PromptLengthError, ProviderModel, Request
from genomes.errors import ModelError, TransientModelError

ASK = Request(
    messages=(
        {"role": "system", "content": "Say which."},
        {"role": "user", "content": "fine?"},
        {"role": "assistant", "content": "positive"},
        {"role": "user", "content": "A film."},
    ),
    max_tokens=1,
    top_logprobs=60,
)


def test_a_completion_holds_text_alternatives_counts_and_seconds(endpoint):
    model = ProviderModel("m", base_url=endpoint.url, price=(1e-6, 2e-6))
    got = model.complete(ASK)
    assert got.text == "positive"
    assert got.logprobs == (("positive", -0.1), ("negative", -2.4))
    assert (got.prompt_tokens, got.completion_tokens) == (11, 1)
    assert got.money == pytest.approx(13e-6)
    assert got.seconds > 0


def test_the_request_carries_every_turn_and_setting(endpoint):
    ProviderModel("m", base_url=endpoint.url).complete(
        Request(ASK.messages, max_tokens=7, temperature=0.5, top_logprobs=60, seed=3)
    )
    (sent,) = endpoint.requests
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [
        (m["role"], m["content"]) for m in ASK.messages
    ]
    assert sent["model"] == "m"
    assert sent["temperature"] == 0.5
    assert sent["seed"] == 3
    assert sent["top_logprobs"] == 20, "providers refuse more"
    assert 7 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))


def test_alternatives_are_not_asked_for_unless_wanted(endpoint):
    got = ProviderModel("m", base_url=endpoint.url).complete(Request(ASK.messages))
    assert "top_logprobs" not in endpoint.requests[0]
    assert not endpoint.requests[0].get("logprobs")
    assert got.money is None, "unknown, not 0"


def test_a_reply_without_alternatives_or_counts_says_so(endpoint):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ""}}
    endpoint.answer(choices=[choice], usage=None)
    got = ProviderModel("m", base_url=endpoint.url, price=(1.0, 1.0)).complete(ASK)
    assert (got.text, got.logprobs, got.prompt_tokens, got.completion_tokens, got.money) == (
        "", None, None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_failures_worth_another_try_are_told_apart_and_not_retried_here(endpoint, status):
    endpoint.fail(status)
    with pytest.raises(TransientModelError, match="bad thing"):
        ProviderModel("m", base_url=endpoint.url).complete(ASK)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("status", "says"), [(401, "no access"), (403, "no access"), (404, "no model"), (400, "bad")]
)
def test_failures_that_another_try_cannot_cure(endpoint, status, says):
    endpoint.fail(status)
    with pytest.raises(ModelError, match=says) as caught:
        ProviderModel("m", base_url=endpoint.url).complete(ASK)
    assert not isinstance(caught.value, TransientModelError)
    assert "\n" not in str(caught.value)
    assert len(endpoint.requests) == 1


def test_a_prompt_that_is_too_long_is_told_apart(endpoint):
    endpoint.fail(400, "maximum context length is 9 tokens", code="context_length_exceeded")
    with pytest.raises(PromptLengthError):
        ProviderModel("m", base_url=endpoint.url).complete(ASK)


@pytest.mark.parametrize("body", [b'{"choices": [', b"<html>busy</html>", b""])
def test_an_unreadable_reply_is_an_infrastructure_failure(endpoint, body):
    endpoint.body = body
    with pytest.raises(TransientModelError):
        ProviderModel("m", base_url=endpoint.url).complete(ASK)


def test_a_reply_without_choices_is_never_an_empty_answer(endpoint):
    endpoint.answer(choices=[])
    with pytest.raises(TransientModelError, match="no answer"):
        ProviderModel("m", base_url=endpoint.url).complete(ASK)


def test_a_slow_endpoint_times_out(endpoint):
    endpoint.delay = 1.0
    with pytest.raises(TransientModelError):
        ProviderModel("m", base_url=endpoint.url, timeout=0.1).complete(ASK)


def test_a_dead_endpoint_is_one_clear_line():
    with pytest.raises(TransientModelError, match="refused") as caught:
        ProviderModel("m", base_url="http://127.0.0.1:9/v1").complete(ASK)
    assert "\n" not in str(caught.value)
    assert "http://127.0.0.1:9/v1" in str(caught.value)


def test_the_key_is_read_by_name(endpoint, monkeypatch):
    monkeypatch.setenv("MY_KEY", "secret")
    model = ProviderModel("m", base_url=endpoint.url, api_key_env="MY_KEY")
    model.complete(ASK)
    assert endpoint.headers[0]["authorization"] == "Bearer secret"
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ModelError, match="MY_KEY is not set"):
        ProviderModel("m", base_url=endpoint.url, api_key_env="MY_KEY")


def test_a_wrong_key_is_never_shown(endpoint, monkeypatch):
    monkeypatch.setenv("MY_KEY", "secret")
    endpoint.fail(401)
    with pytest.raises(ModelError, match="MY_KEY") as caught:
        ProviderModel("m", base_url=endpoint.url, api_key_env="MY_KEY").complete(ASK)
    assert "secret" not in str(caught.value)


def test_the_providers_own_key_is_not_sent_to_another_address(endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    ProviderModel("m", base_url=endpoint.url).complete(ASK)
    assert "secret" not in str(endpoint.headers)


def test_no_answer_is_served_from_a_cache(endpoint):
    model = ProviderModel("m", base_url=endpoint.url)
    model.complete(ASK)
    endpoint.answer("negative")
    assert model.complete(ASK).text == "negative"
    assert len(endpoint.requests) == 2


def test_one_model_serves_many_threads(endpoint):
    model = ProviderModel("m", base_url=endpoint.url)
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append(model.complete(ASK).text)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["positive"] * 8


def test_a_reply_cut_at_max_tokens_writes_no_warning(endpoint, capfd):
    ProviderModel("m", base_url=endpoint.url).complete(ASK)
    assert capfd.readouterr() == ("", "")


def test_the_fingerprint_follows_name_and_address(endpoint):
    def of(name: str, url: str | None) -> str:
        return ProviderModel(name, base_url=url).fingerprint

    assert len({of("m", endpoint.url), of("n", endpoint.url), of("openai/m", None)}) == 3
    assert of("m", endpoint.url) == of("m", endpoint.url)


def test_prices_are_listed_or_unknown(endpoint):
    price = ProviderModel("openai/gpt-4o-mini").price
    assert price is not None
    assert 0 < price[0] < price[1] < 1e-3
    assert ProviderModel("openai/no-such-model").price is None
    assert ProviderModel("gpt-4o-mini", base_url=endpoint.url).price is None


def test_an_empty_name_is_refused():
    with pytest.raises(ModelError, match="bad model name"):
        ProviderModel("openai/")


SCHEMA = {
    "type": "object",
    "properties": {"edits": {"type": "array", "items": {"type": "string"}, "maxItems": 2}},
    "required": ["edits"],
    "additionalProperties": False,
}


def test_a_schema_is_sent_without_the_bounds_that_some_providers_refuse(endpoint):
    ProviderModel("m", base_url=endpoint.url).complete(Request(ASK.messages, schema=SCHEMA))
    sent = endpoint.requests[0]["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["strict"] is True
    assert sent["json_schema"]["schema"]["required"] == ["edits"]
    assert "maxItems" not in str(sent)


def test_a_schema_can_be_kept_back_and_that_is_another_model(endpoint):
    plain = ProviderModel("m", base_url=endpoint.url, json_schema=False)
    plain.complete(Request(ASK.messages, schema=SCHEMA))
    assert "response_format" not in endpoint.requests[0]
    assert plain.fingerprint != ProviderModel("m", base_url=endpoint.url).fingerprint


def test_a_server_that_refuses_a_schema_says_what_to_set(endpoint):
    endpoint.fail(400, "response_format is unavailable")
    with pytest.raises(ModelError, match="json_schema: false"):
        ProviderModel("m", base_url=endpoint.url).complete(Request(ASK.messages, schema=SCHEMA))
    with pytest.raises(ModelError) as caught:
        ProviderModel("m", base_url=endpoint.url).complete(ASK)
    assert "json_schema" not in str(caught.value)
