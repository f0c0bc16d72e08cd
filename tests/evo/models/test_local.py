from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from evo.models import LocalModel, PromptLengthError, Request
from evo.models.files import file_sha256, note_of
from genomes.errors import ModelError


def ask(text: str, **changes: int) -> Request:
    system = {"role": "system", "content": "Is the film review positive or negative? One word."}
    return Request((system, {"role": "user", "content": text}), **{"max_tokens": 1, **changes})


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ModelError, match="evogate models pull"):
        LocalModel(tmp_path / "none.gguf")


def test_a_file_of_another_kind_is_refused_before_the_engine_sees_it(tmp_path):
    path = tmp_path / "text.gguf"
    path.write_text("not a model")
    with pytest.raises(ModelError, match="not a GGUF"):
        LocalModel(path)


def test_a_missing_engine_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match=r"pip install 'evogate\[local\]'"):
        LocalModel(path)


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"one")
    first = file_sha256(path)
    note = json.loads(note_of(path).read_text())
    note_of(path).write_text(json.dumps({**note, "sha256": "remembered"}))
    assert file_sha256(path) == "remembered"
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert file_sha256(path) not in (first, "remembered")


def test_a_damaged_note_is_written_anew(tmp_path: Path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"one")
    first = file_sha256(path)
    note_of(path).write_text("{")
    assert file_sha256(path) == first


@pytest.fixture(scope="module")
def model(model_path: Path) -> LocalModel:
    return LocalModel(model_path, threads=1)


@pytest.fixture(scope="module")
def small(model_path: Path) -> LocalModel:
    return LocalModel(model_path, threads=1, context=256)


@pytest.mark.model
class TestWithTheSmallModel:
    def test_it_prints_nothing(self, model_path, capfd):
        LocalModel(model_path, threads=1, context=256).complete(ask("A fine film."))
        assert capfd.readouterr() == ("", "")

    def test_a_completion_holds_alternatives_best_first(self, model):
        got = model.complete(ask("A fine film.", top_logprobs=60))
        assert got.logprobs is not None
        assert len(got.logprobs) == 60
        values = [value for _, value in got.logprobs]
        assert values == sorted(values, reverse=True)
        assert all(value <= 0 for value in values)
        assert got.prompt_tokens is not None
        assert got.prompt_tokens > 10
        assert (got.completion_tokens, got.money) == (1, 0.0)

    def test_a_reply_depends_on_its_request_alone(self, model, small):
        texts = ["A fine film.", "Dull, and far too long for what it says.", "Go and see it!"]
        asked = [ask(text, top_logprobs=60) for text in texts]
        warm = [model.complete(request).logprobs for request in asked]
        model.complete(Request(({"role": "user", "content": "Something else entirely."},)))
        again = [model.complete(request).logprobs for request in reversed(asked)][::-1]
        assert warm == again
        assert small.complete(asked[2]).logprobs == warm[2], "a cold cache must not show"

    def test_a_prompt_beyond_the_context_is_told_apart(self, small):
        with pytest.raises(PromptLengthError, match="256"):
            small.complete(ask("word " * 400))

    def test_the_fingerprint_follows_the_settings_but_not_the_threads(self, model, small):
        assert small.fingerprint != model.fingerprint
        assert LocalModel(model.path, threads=2).fingerprint == model.fingerprint

    def test_a_damaged_file_is_refused(self, model_path, tmp_path, capfd):
        damaged = tmp_path / "damaged.gguf"
        damaged.write_bytes(model_path.read_bytes()[:100_000])
        with pytest.raises(ModelError, match="cannot load"):
            LocalModel(damaged, threads=1)
        assert capfd.readouterr() == ("", "")
