"""What holds for every test: no way out to a network, and no touch of the user's files."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest

# Taken before any test redirects it: the user's model need not be fetched again.
_CACHE = os.environ.get("EVOGATE_CACHE")
_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: may reach beyond this machine, e.g. a registry")


def _is_here(host: Any) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guard_address(address: Any) -> None:
    # A plain text or bytes is the path of a Unix socket.
    if isinstance(address, tuple) and not _is_here(address[0]):
        pytest.fail(f"a test tried to reach {address[0]}; only this machine is allowed")


@pytest.fixture(autouse=True)
def no_way_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbids every connection beyond this machine, in this process and in pip's."""
    if request.node.get_closest_marker("network"):
        return
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    resolve = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _guard_address(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _guard_address(address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _guard_address((host,))
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_OFFLINE", "1")
    for key in _KEYS:
        monkeypatch.delenv(key, raising=False)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps tests out of the user's cache of models and data."""
    monkeypatch.setenv("EVOGATE_CACHE", str(tmp_path_factory.getbasetemp() / "evogate-cache"))
    monkeypatch.delenv("EVOGATE_WHEELS", raising=False)


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The user's cache, where models that were fetched before need not be fetched again.

    Only for tests marked ``model``.
    """
    from fitness.suites.cache import cache_dir

    with pytest.MonkeyPatch.context() as patch:
        if _CACHE is None:
            patch.delenv("EVOGATE_CACHE", raising=False)
        else:
            patch.setenv("EVOGATE_CACHE", _CACHE)
        return cache_dir()


@pytest.fixture(scope="session")
def model_path(models_folder: Path) -> Path:
    """The small model's file; fetched once if it is not in the user's cache."""
    from evo.models.catalogue import pull

    return pull("smollm2-135m", models_folder)
