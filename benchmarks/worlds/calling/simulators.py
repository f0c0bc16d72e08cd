"""The simulators of bfcl-eval, compiled from the pinned wheel under a private package name.

The package itself is never installed or imported: its dependencies are large, and its executor
evaluates text and keeps state between candidates. Only the eight API classes are used.
"""

from __future__ import annotations

import io
import sys
import types
import zipfile
from functools import cache
from typing import Any

from fitness.suites.wheels import BFCL_EVAL, fetch
from genomes.errors import ConfigError, DataError

PACKAGE = "_evogate_bfcl"
_SOURCES = "bfcl_eval/eval_checker/multi_turn_eval/func_source_code"
_IMPORTED = "bfcl_eval.eval_checker.multi_turn_eval.func_source_code."

MODULES = {
    "GorillaFileSystem": "gorilla_file_system",
    "MathAPI": "math_api",
    "MessageAPI": "message_api",
    "TwitterAPI": "posting_api",
    "TicketAPI": "ticket_api",
    "TradingBot": "trading_bot",
    "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
}
"""API class to the file that holds it."""


@cache
def wheel_files() -> zipfile.ZipFile:
    """The wheel, read into memory and checked by its SHA-256.

    Raises:
        DataError: It cannot be had, or is another one.
    """
    return zipfile.ZipFile(io.BytesIO(fetch(BFCL_EVAL).read_bytes()))


def member(path: str) -> bytes:
    """The bytes of one file of the wheel.

    Raises:
        DataError: There is no such file.
    """
    try:
        return wheel_files().read(path)
    except KeyError as error:
        raise DataError(f"{BFCL_EVAL.name} holds no {path}") from error


@cache
def api_class(name: str) -> type[Any]:
    """The class of an API.

    Raises:
        DataError: The wheel cannot be had.
        ConfigError: A library that the API needs is missing.
    """
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = []
        sys.modules[PACKAGE] = package
        _module("long_context")
    found: type[Any] = getattr(_module(MODULES[name]), name)
    return found


def _module(name: str) -> types.ModuleType:
    """Compiles one file of the wheel; what it imports of its package is private too."""
    full = f"{PACKAGE}.{name}"
    if full in sys.modules:
        return sys.modules[full]
    source = member(f"{_SOURCES}/{name}.py").decode("utf-8").replace(_IMPORTED, f"{PACKAGE}.")
    module = types.ModuleType(full)
    sys.modules[full] = module
    try:
        exec(compile(source, f"<{BFCL_EVAL.name}/{name}.py>", "exec"), module.__dict__)  # noqa: S102 (pinned by SHA-256)
    except ModuleNotFoundError as error:
        del sys.modules[full]
        raise ConfigError(
            f"the worlds of {BFCL_EVAL.name} need the library {error.name}",
            remedy="pip install 'evogate[worlds]'",
        ) from error
    return module
