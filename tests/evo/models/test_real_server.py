"""The provider path against a real server: the engine's own HTTP listener, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evo.models import PromptLengthError, ProviderModel, Request
from genomes.errors import TransientModelError

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def address(model_path: Path) -> Iterator[str]:
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(model_path)
    params.n_parallel = 1
    params.n_ctx = 512
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.verbosity = -1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def ask(text: str, **settings: Any) -> Request:
    turns = (
        {"role": "system", "content": "Answer with one word."},
        {"role": "user", "content": text},
    )
    return Request(turns, **settings)


def test_a_real_server_answers_counts_and_refuses(address: str) -> None:
    model = ProviderModel("smollm2-135m", base_url=address, price=(1e-6, 2e-6))
    got = model.complete(ask("Is the sky blue? Yes or no?", max_tokens=4, top_logprobs=5, seed=1))
    assert got.text
    assert got.logprobs is not None
    assert len(got.logprobs) >= 5
    assert got.logprobs[0][1] <= 0
    assert got.prompt_tokens is not None
    assert got.prompt_tokens > 10
    assert got.completion_tokens is not None
    assert 1 <= got.completion_tokens <= 4
    assert got.money == pytest.approx(1e-6 * got.prompt_tokens + 2e-6 * got.completion_tokens)
    bound = 64 + sum(len(turn["content"].encode()) + 16 for turn in ask("Is").messages)
    few = model.complete(ask("Is", max_tokens=1))
    assert few.prompt_tokens is not None
    assert few.prompt_tokens <= bound, "what is reserved is an upper bound"
    with pytest.raises(PromptLengthError):
        model.complete(ask("word " * 2000, max_tokens=1))
    with pytest.raises(TransientModelError, match="in time"):
        ProviderModel("x", base_url=address, timeout=0.001).complete(ask("Is", max_tokens=1))
